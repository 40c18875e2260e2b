import type { Rule } from './types.ts';

export const duplicate: Rule = {
  name: 'duplicate',
  summary: 'another frame of the set holds the same exposure (FSN) nearer to its slot',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure: ({ duplicateOf, frame }) => ({
    score: duplicateOf === undefined ? 0 : 1,
    note: duplicateOf === undefined ? undefined : `FSN ${frame.fsn} is also the frame of ${duplicateOf}`,
  }),
};
