import type { Frame, RuleScore } from '../../catalog/index.ts';
import type { Rule } from './types.ts';

/** Which frame is the better one is known only when all others have been judged: `duplicateScore` then has the word. */
export const duplicate: Rule = {
  name: 'duplicate',
  summary: 'another frame of the set holds the same exposure (FSN) nearer to its slot',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure: () => ({ score: 0 }),
};

/** `betterSlot`: where the frame is that holds the exposure better, if there is one. */
export function duplicateScore(frame: Frame, betterSlot: string | undefined): RuleScore {
  const isDuplicate = betterSlot !== undefined;
  const note = isDuplicate ? `FSN ${frame.fsn} is also the frame of ${betterSlot}` : null;
  return { rule: duplicate.name, score: isDuplicate ? 1 : 0, threshold: 0, passed: !isDuplicate, note };
}
