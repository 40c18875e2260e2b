import { measured, percent, type Rule } from './types.ts';

/** Active regions fill a per cent of the disk's blocks at most with gradients as steep as that. */
const LARGEST_SHARE = 0.03;

export const fieldNoise: Rule = {
  name: 'field-noise',
  summary:
    'share of the disk where neighbouring pixels of a magnetogram differ by hundreds of gauss: no light, eclipse',
  stage: 'pixels',
  instrument: 'HMI',
  sense: 'at most',
  limit: ({ channel }) => (channel.name === 'hmi-m' ? LARGEST_SHARE : null),
  measure: ({ pixels }) => measured(pixels?.noiseShare, (value) => `${percent(value)} of the disk is noise`),
};
