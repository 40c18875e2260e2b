/** Augmentation of what the discriminator sees. */
export { applyChanges } from './apply.ts';
export {
  AUGMENT_NAMES,
  type AugmentName,
  CHANGE_COLUMNS,
  changeRow,
  drawChanges,
  type ImageChange,
  UNCHANGED,
} from './kinds.ts';
export { type AdaptiveState, adjustStrength, INITIAL_STRENGTH } from './strength.ts';
