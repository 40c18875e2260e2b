/** Pictures are compared in one and the same transform, whatever the dataset keeps: the decision must not hang on it. */
import { channelOf } from '../channels.ts';
import {
  createTransform,
  dequantise,
  QUANTISATION_LEVELS,
  quantise,
  restoreTransform,
  type TransformRecord,
} from '../transforms/index.ts';

/**
 * What each stored 16-bit step is in the transform that 'auto' means for the channel; undefined where that is the one of
 * the dataset. Made of the stored steps, so that frames of earlier runs give the same numbers as those in hand.
 */
export function commonSteps(record: TransformRecord, channel: string): Uint16Array | undefined {
  const common = createTransform(channelOf(channel).transform, channel);
  if (JSON.stringify(common.record) === JSON.stringify(record)) return undefined;
  const steps = Uint16Array.from({ length: QUANTISATION_LEVELS + 1 }, (_, step) => step);
  return quantise(common.forward(restoreTransform(record).inverse(dequantise(steps))));
}
