/**
 * Kinds of augmentation: how each is drawn for one image. `always` draws them every time (differentiable augmentation,
 * Zhao et al. 2020, arXiv 2006.10738); `adaptive` applies each with a probability that follows the discriminator's
 * overfitting (ADA, Karras et al. 2020, arXiv 2006.06676). A new kind is a row of the table.
 */
import type { Random } from '../../numeric/random.ts';

/** What is done to one image. The columns of the step's input, in this order. */
export interface ImageChange {
  /** 1: the image is mirrored at its diagonal first (with a flip, a quarter turn). */
  diagonal: number;
  /** Picture coordinates are multiplied by these about the centre; -1 flips. */
  scaleRows: number;
  scaleColumns: number;
  /** Pixels. */
  shiftRows: number;
  shiftColumns: number;
  /** Centre (pixels) and half side of a square that becomes 0; half side 0 is none. */
  cutRow: number;
  cutColumn: number;
  cutHalf: number;
  /** Added to all values, after contrast about the mean was multiplied. */
  brightness: number;
  contrast: number;
}

export const UNCHANGED: Readonly<ImageChange> = {
  diagonal: 0,
  scaleRows: 1,
  scaleColumns: 1,
  shiftRows: 0,
  shiftColumns: 0,
  cutRow: 0,
  cutColumn: 0,
  cutHalf: 0,
  brightness: 0,
  contrast: 1,
};

export const CHANGE_COLUMNS = Object.keys(UNCHANGED) as (keyof ImageChange)[];

interface AugmentKind {
  /** For the help. */
  meaning: string;
  /** Which part of the step's graph it needs. */
  needs: 'geometry' | 'diagonal' | 'cutout' | 'tone';
  draw(change: ImageChange, random: Pick<Random, 'uniform' | 'normal'>, side: number): void;
}

/** Of the side, as in the reference implementation of differentiable augmentation. */
const TRANSLATION = 0.125;
const CUTOUT = 0.5;
/** Deviation of the logarithm to base 2 of the scale, as in ADA. */
const SCALE_DEVIATION = 0.2;

export const AUGMENT_KINDS = {
  translation: {
    meaning: 'whole pixels, up to an eighth of the side',
    needs: 'geometry',
    draw(change, random, side) {
      const reach = Math.floor(side * TRANSLATION + 0.5);
      change.shiftRows += Math.floor(random.uniform() * (2 * reach + 1)) - reach;
      change.shiftColumns += Math.floor(random.uniform() * (2 * reach + 1)) - reach;
    },
  },
  cutout: {
    meaning: 'a square of half the side is blanked',
    needs: 'cutout',
    draw(change, random, side) {
      change.cutRow = Math.floor(random.uniform() * side);
      change.cutColumn = Math.floor(random.uniform() * side);
      change.cutHalf = Math.floor(side * CUTOUT + 0.5) / 2;
    },
  },
  brightness: {
    meaning: 'a number from -0.5 to 0.5 is added',
    needs: 'tone',
    draw(change, random) {
      change.brightness += random.uniform() - 0.5;
    },
  },
  contrast: {
    meaning: 'contrast times 0.5 to 1.5',
    needs: 'tone',
    draw(change, random) {
      change.contrast *= random.uniform() + 0.5;
    },
  },
  flip: {
    meaning: 'east and west are exchanged in half of the images',
    needs: 'geometry',
    draw(change, random) {
      if (random.uniform() < 0.5) change.scaleColumns *= -1;
    },
  },
  turn: {
    meaning: 'quarter turns',
    needs: 'diagonal',
    draw(change, random) {
      const turns = Math.floor(random.uniform() * 4);
      change.diagonal = turns % 2;
      if (turns === 1 || turns === 2) change.scaleRows *= -1;
      if (turns === 2 || turns === 3) change.scaleColumns *= -1;
    },
  },
  scale: {
    meaning: 'larger or smaller, both axes apart',
    needs: 'geometry',
    draw(change, random) {
      const common = 2 ** (SCALE_DEVIATION * random.normal());
      const stretch = 2 ** (SCALE_DEVIATION * random.normal());
      change.scaleRows *= common * stretch;
      change.scaleColumns *= common / stretch;
    },
  },
  fraction: {
    meaning: 'translation by a normal number of deviation one eighth of the side, fractions of pixels',
    needs: 'geometry',
    draw(change, random, side) {
      change.shiftRows += TRANSLATION * side * random.normal();
      change.shiftColumns += TRANSLATION * side * random.normal();
    },
  },
} satisfies Record<string, AugmentKind>;

export type AugmentName = keyof typeof AUGMENT_KINDS;
export const AUGMENT_NAMES = Object.keys(AUGMENT_KINDS) as AugmentName[];

export function needsOf(kinds: readonly AugmentName[]): ReadonlySet<AugmentKind['needs']> {
  return new Set(kinds.map((name) => AUGMENT_KINDS[name].needs));
}

/** Changes for `count` images, row-major [count, columns]; each kind is applied with `probability`. */
export function drawChanges(
  count: number,
  side: number,
  kinds: readonly AugmentName[],
  probability: number,
  random: Random,
): Float32Array {
  const rows = new Float32Array(count * CHANGE_COLUMNS.length);
  for (let image = 0; image < count; image++) {
    const change = { ...UNCHANGED };
    for (const name of kinds) {
      if (probability >= 1 || random.uniform() < probability) AUGMENT_KINDS[name].draw(change, random, side);
    }
    rows.set(changeRow(change), image * CHANGE_COLUMNS.length);
  }
  return rows;
}

export function changeRow(change: ImageChange): number[] {
  return CHANGE_COLUMNS.map((column) => change[column]);
}
