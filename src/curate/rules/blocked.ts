import type { Rule } from './types.ts';

export const blocked: Rule = {
  name: 'blocked',
  summary: 'times that a list of known bad ones names: the built-in list and the one of --block-list',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure: ({ blocked: reasons = [] }) => ({ score: reasons.length, note: reasons.join('; ') || undefined }),
};
