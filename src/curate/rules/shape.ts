import type { Rule } from './types.ts';

export const shape: Rule = {
  name: 'shape',
  summary: 'pixels that the sides differ by, plus those beyond a power of two: levels are made by halving',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ frame: { width, height } }) {
    if (!width || !height) return { score: null };
    const excess = width - 2 ** Math.floor(Math.log2(width));
    return { score: Math.abs(width - height) + excess, note: `${width} x ${height} pixels` };
  },
};
