/** Something that pictures come from: a data set, a run, a folder. One file each, one row in the table of `index.ts`. */
import type { Effects } from '../../core/effects.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { Transform } from '../../curate/index.ts';
import type { ImageSet } from '../image-set.ts';

export interface Source {
  readonly label: string;
  /** Path or name, as provenance. */
  readonly path: string;
  readonly generated: boolean;
  readonly simulated: boolean;
  readonly hash: string | null;
  /** Thousands of real pictures that a generator has seen. */
  readonly kimg: number | null;
  /** Sizes that can be had, largest first. */
  readonly resolutions: readonly number[];
  readonly channels: number;
  /** `193`, `hmi-m`; undefined where nobody says. */
  readonly channelNames?: readonly string[] | undefined;
  /** Between transform space and DN, one a channel; undefined for plain pictures. */
  readonly transforms: readonly Transform[] | undefined;
  /** The stored number that is read as 1, for pictures: 255 or 65535. */
  readonly white?: number;
  /** What must be known before believing a number from it. */
  readonly warnings: readonly string[];
  /** A generator makes exactly `count`, from `seed`; of anything else all there are, for the comparison to draw from. */
  images(request: PictureRequest): ImageSet;
  /** Real pictures of the same kind that `images` does not give (the training split), for floors. */
  others?(request: PictureRequest): ImageSet | undefined;
  /** Everything that a generator trained on it may have seen; undefined where that is judged itself. */
  training?(request: PictureRequest): ImageSet | undefined;
  close(): Promise<void>;
}

export interface PictureRequest {
  resolution: number;
  count: number;
  seed: number;
}

export interface SourceContext {
  workspace: Workspace;
  effects: Effects;
  /** Of data sets that name no split themselves. */
  split: string;
  /** Of a run: a file or a name; its newest when undefined. */
  checkpoint?: string | undefined;
}

export interface SourceKind {
  /** For messages: `a folder of pictures`. */
  readonly what: string;
  /** Opens `name` when it is of this kind; undefined when it is something else. */
  open(name: string, context: SourceContext): Promise<Source | undefined>;
}

/** Behind the name of a generator that was trained on values of which nobody says how they become DN. */
export const UNKNOWN_TRANSFORM =
  'does not say the transform of its values: they are taken for values of the same transform as the reals';
