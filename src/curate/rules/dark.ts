import { measured, type Rule } from './types.ts';

/** Of the white of pictures: a dark delivered as light had a maximum of 28 DN where 193 reaches thousands. */
const SHARE_OF_WHITE = 0.02;

export const dark: Rule = {
  name: 'dark',
  summary: 'the brightest 0.1 % of the frame, in DN: a dark frame delivered as light shows no Sun',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at least',
  limit: ({ channel }) => SHARE_OF_WHITE * channel.picture.range[1],
  measure: ({ pixels }) =>
    measured(pixels?.brightest, (value) => `brightest 0.1 % at ${Number(value.toPrecision(3))}`),
};
