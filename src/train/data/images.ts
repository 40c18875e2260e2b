import type { TransformRecord } from '../../curate/index.ts';
import type { ImageLabels } from '../labels.ts';

/** A channel as it is called, and the way from its transform space (0..1) to linear values. */
export interface PhysicalChannel {
  name: string;
  inverse(values: Float32Array): Float32Array;
}

/** What training reads: images of one size, as numbers in transform space. */
export interface TrainingImages {
  readonly name: string;
  /** Largest side in pixels. */
  readonly resolution: number;
  readonly channels: number;
  /** Images of the training split. */
  readonly count: number;
  /** Hash of the dataset's manifest: a run goes on only with the data it was begun with. */
  readonly hash: string;
  /** How DN became 0..1, one record a channel, so that samples can be turned back. */
  readonly transforms: readonly TransformRecord[];
  readonly simulated: boolean;
  /** For pictures in physical scales; absent where the images come from no dataset. */
  readonly physical?: readonly PhysicalChannel[] | undefined;
  /** Absent where nobody asked for them. */
  readonly labels?: ImageLabels | undefined;
  /** Images [n, channels, side, side], 0..1, row 0 south; `side` may be less than the resolution. */
  read(positions: readonly number[], side?: number): Promise<Float32Array>;
  close(): Promise<void>;
}
