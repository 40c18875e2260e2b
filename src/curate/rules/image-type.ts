import { type Rule, textOf } from './types.ts';

export const imageType: Rule = {
  name: 'image-type',
  summary: 'IMG_TYPE other than LIGHT (dark and calibration frames)',
  stage: 'header',
  sense: 'at most',
  limit: () => 0,
  measure({ header }) {
    const type = textOf(header, 'IMG_TYPE');
    if (type === null) return { score: null };
    return { score: type === 'LIGHT' ? 0 : 1, note: `IMG_TYPE ${type}` };
  },
};
