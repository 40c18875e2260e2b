import { isSimulated } from '../simulated.ts';
import type { Rule } from './types.ts';

export const simulated: Rule = {
  name: 'simulated',
  summary: 'a simulated frame in a dataset of real ones, or the reverse',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ header, simulatedSet }) {
    const isFrameSimulated = isSimulated(header);
    const note = isFrameSimulated ? 'simulated frame' : 'real frame';
    return { score: isFrameSimulated === simulatedSet ? 0 : 1, note };
  },
};
