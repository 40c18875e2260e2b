import { type Rule, textOf } from './types.ts';

export const stabilisation: Rule = {
  name: 'stabilisation',
  summary: 'AISTATE: the image stabilisation loop must be closed, or the frame is smeared',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => 0,
  measure({ header }) {
    const state = textOf(header, 'AISTATE');
    if (state === null) return { score: null };
    return { score: state === 'CLOSED' ? 0 : 1, note: `AISTATE ${state}` };
  },
};
