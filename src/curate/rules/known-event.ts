import type { RuleScore } from '../../catalog/index.ts';
import type { Rule } from './types.ts';

/** The lists of events are rough by their own word: they explain what other rules find and reject nothing alone. */
export const knownEvent: Rule = {
  name: 'known-event',
  summary:
    'eclipses, manoeuvres and calibrations that the catalog knows of at this time; never rejects by itself',
  stage: 'header',
  sense: 'at most',
  limit: () => null,
  measure({ events = [] }) {
    const notes = events.map(({ instrument, comment }) => `${instrument}: ${comment}`);
    return { score: events.length, note: notes.join('; ') || undefined };
  },
};

/** Whether the frame lies in an event; of a rejected one that is what explains it. */
export function isInKnownEvent(scores: readonly RuleScore[]): boolean {
  return scores.some(({ rule, score }) => rule === knownEvent.name && score !== null && score > 0);
}
