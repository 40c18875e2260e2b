import { parseTime } from '../../core/time.ts';
import { type Rule, textOf } from './types.ts';

export const time: Rule = {
  name: 'time',
  summary: 'seconds between T_OBS and the slot',
  stage: 'header',
  sense: 'at most',
  limit: ({ options }) => options.slotToleranceSeconds,
  measure({ frame, header }) {
    const text = textOf(header, 'T_OBS') ?? frame.tObs ?? null;
    const observed = text === null ? undefined : parseTime(text);
    if (!observed) return { score: null, note: 'T_OBS is missing' };
    return { score: Math.abs(observed.getTime() - Date.parse(frame.slot)) / 1000, note: `T_OBS ${text}` };
  },
};
