import { measured, type Rule } from './types.ts';

/** Bright loops on one side move the fit by up to 0.08 (211 angstrom, solar maximum); off-points begin at 0.15. */
const LARGEST_OFFSET_RADII = 0.12;

export const centre: Rule = {
  name: 'centre',
  summary: 'distance between the disk in the picture and the disk of the header, in solar radii: off-points',
  stage: 'pixels',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => LARGEST_OFFSET_RADII,
  measure: ({ pixels }) => measured(pixels?.centreOffset, (value) => `disk ${value.toFixed(3)} radii off`),
};
