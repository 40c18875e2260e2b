/**
 * Kinds of augmentation: how each is drawn for one image. `always` draws them every time (differentiable augmentation,
 * Zhao et al. 2020, arXiv 2006.10738); `adaptive` applies each with a probability that follows the discriminator's
 * overfitting (ADA, Karras et al. 2020, arXiv 2006.06676). A new kind is a row of the table.
 */
import type { Random } from '../../numeric/random.ts';
import type { Node } from '../graph/index.ts';

/**
 * What is done to one image. The columns of the step's input, in this order. A pixel of the result at (r, c) from the
 * centre is read at (scaleRows r + skewRows c + shiftRows, skewColumns r + scaleColumns c + shiftColumns).
 */
export interface ImageChange {
  /** 1: the image is mirrored at its diagonal first (with a flip, a quarter turn). */
  diagonal: number;
  scaleRows: number;
  scaleColumns: number;
  skewRows: number;
  skewColumns: number;
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
  /** Added to all values, which then are multiplied (about the middle gray, 0). */
  offset: number;
  gain: number;
  /** 1: the mean of the channels changes its sign. */
  negative: number;
  /** Turn of three channels about their mean: cosine and sine. */
  hueCosine: number;
  hueSine: number;
  /** Factor on the channels' distance from their mean. */
  saturation: number;
}

export const UNCHANGED: Readonly<ImageChange> = {
  diagonal: 0,
  scaleRows: 1,
  scaleColumns: 1,
  skewRows: 0,
  skewColumns: 0,
  shiftRows: 0,
  shiftColumns: 0,
  cutRow: 0,
  cutColumn: 0,
  cutHalf: 0,
  brightness: 0,
  contrast: 1,
  offset: 0,
  gain: 1,
  negative: 0,
  hueCosine: 1,
  hueSine: 0,
  saturation: 1,
};

/** Dark sky in the range -1..1: what comes in from outside the picture. */
export const SKY = -1;

/** A number for each image, [N, 1, 1, 1], as a node of the step's graph. */
export type Column = (name: keyof ImageChange) => Node;

export const CHANGE_COLUMNS = Object.keys(UNCHANGED) as (keyof ImageChange)[];

interface AugmentKind {
  /** For the help. */
  meaning: string;
  /** Which part of the step's graph it needs. */
  needs: 'geometry' | 'affine' | 'diagonal' | 'cutout' | 'tone' | 'level' | 'colour';
  draw(change: ImageChange, random: Pick<Random, 'uniform' | 'normal'>, side: number): void;
}

/** Of the side, as in the reference implementation of differentiable augmentation. */
const TRANSLATION = 0.125;
const CUTOUT = 0.5;
/** As in ADA: deviations of the logarithms to base 2 of scale, stretch, gain and saturation, and of the offset. */
const SCALE_DEVIATION = 0.2;
const STRETCH_DEVIATION = 0.2;
const GAIN_DEVIATION = 0.5;
const SATURATION_DEVIATION = 1;
const OFFSET_DEVIATION = 0.2;

/** One more change after those so far: a place of the new result is read at (a row + b column, c row + d column) of the old one. */
function compose(change: ImageChange, a: number, b: number, c: number, d: number): void {
  const { scaleRows, skewRows, skewColumns, scaleColumns } = change;
  change.scaleRows = scaleRows * a + skewRows * c;
  change.skewRows = scaleRows * b + skewRows * d;
  change.skewColumns = skewColumns * a + scaleColumns * c;
  change.scaleColumns = skewColumns * b + scaleColumns * d;
}

export const AUGMENT_KINDS = {
  flip: {
    meaning: 'east and west are exchanged in half of the images',
    needs: 'geometry',
    draw(change, random) {
      if (random.uniform() < 0.5) compose(change, 1, 0, 0, -1);
    },
  },
  turn: {
    meaning: 'quarter turns',
    needs: 'diagonal',
    draw(change, random) {
      const turns = Math.floor(random.uniform() * 4);
      change.diagonal = turns % 2;
      compose(change, turns === 1 || turns === 2 ? -1 : 1, 0, 0, turns === 2 || turns === 3 ? -1 : 1);
    },
  },
  translation: {
    meaning: 'whole pixels, up to an eighth of the side',
    needs: 'geometry',
    draw(change, random, side) {
      const reach = Math.floor(side * TRANSLATION + 0.5);
      change.shiftRows += Math.floor(random.uniform() * (2 * reach + 1)) - reach;
      change.shiftColumns += Math.floor(random.uniform() * (2 * reach + 1)) - reach;
    },
  },
  scale: {
    meaning: 'larger or smaller',
    needs: 'geometry',
    draw(change, random) {
      const factor = 2 ** (SCALE_DEVIATION * random.normal());
      compose(change, factor, 0, 0, factor);
    },
  },
  rotation: {
    meaning: 'any angle, before and after a stretch',
    needs: 'affine',
    draw(change, random) {
      const angle = (2 * random.uniform() - 1) * Math.PI;
      compose(change, Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle));
    },
  },
  stretch: {
    meaning: 'longer along one axis, shorter along the other',
    needs: 'geometry',
    draw(change, random) {
      const factor = 2 ** (STRETCH_DEVIATION * random.normal());
      compose(change, factor, 0, 0, 1 / factor);
    },
  },
  fraction: {
    meaning: 'translation by a normal number of deviation one eighth of the side, fractions of pixels',
    needs: 'geometry',
    draw(change, random, side) {
      const [rows, columns] = [TRANSLATION * side * random.normal(), TRANSLATION * side * random.normal()];
      change.shiftRows += change.scaleRows * rows + change.skewRows * columns;
      change.shiftColumns += change.skewColumns * rows + change.scaleColumns * columns;
    },
  },
  offset: {
    meaning: 'a normal number of deviation 0.2 is added',
    needs: 'level',
    draw(change, random) {
      change.offset = OFFSET_DEVIATION * random.normal();
    },
  },
  gain: {
    meaning: 'contrast about the middle gray times a lognormal number',
    needs: 'level',
    draw(change, random) {
      change.gain = 2 ** (GAIN_DEVIATION * random.normal());
    },
  },
  negative: {
    meaning: 'the mean of the channels changes its sign in half of the images',
    needs: 'colour',
    draw(change, random) {
      change.negative = Math.floor(random.uniform() * 2);
    },
  },
  hue: {
    meaning: 'three channels are turned about their mean; nothing for other numbers of channels',
    needs: 'colour',
    draw(change, random) {
      const angle = (2 * random.uniform() - 1) * Math.PI;
      change.hueCosine = Math.cos(angle);
      change.hueSine = Math.sin(angle);
    },
  },
  saturation: {
    meaning: 'differences of channels times a lognormal number',
    needs: 'colour',
    draw(change, random) {
      change.saturation = 2 ** (SATURATION_DEVIATION * random.normal());
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
  cutout: {
    meaning: 'a square of half the side is blanked',
    needs: 'cutout',
    draw(change, random, side) {
      const size = Math.floor(side * CUTOUT + 0.5);
      // A square of even size has its centre between pixels: as often over the last edge as over the first.
      const places = side + 1 - (size % 2);
      change.cutRow = Math.floor(random.uniform() * places);
      change.cutColumn = Math.floor(random.uniform() * places);
      change.cutHalf = size / 2;
    },
  },
} satisfies Record<string, AugmentKind>;

type KindName = keyof typeof AUGMENT_KINDS;
const KIND_NAMES = Object.keys(AUGMENT_KINDS) as KindName[];

/** Names for several kinds. bgc: all that ADA does by default, to pixels, geometry and colour. */
const SETS = {
  bgc: KIND_NAMES.slice(0, KIND_NAMES.indexOf('brightness')),
} as const satisfies Record<string, readonly KindName[]>;

export type AugmentName = KindName | keyof typeof SETS;
export const AUGMENT_NAMES: readonly AugmentName[] = [
  ...KIND_NAMES,
  ...(Object.keys(SETS) as (keyof typeof SETS)[]),
];

/** The kinds that `names` stand for, in the order of the table: the order in which ADA applies them. */
function kindsOf(names: readonly AugmentName[]): KindName[] {
  const wanted = new Set(names.flatMap((name): readonly KindName[] => (name === 'bgc' ? SETS.bgc : [name])));
  return KIND_NAMES.filter((name) => wanted.has(name));
}

export function needsOf(names: readonly AugmentName[]): ReadonlySet<AugmentKind['needs']> {
  return new Set(kindsOf(names).map((name) => AUGMENT_KINDS[name].needs));
}

/**
 * The kinds in turn. Rotation comes twice where a stretch lies between, each time so rarely that an image is turned at
 * all with the wanted probability (ADA, appendix B).
 */
function drawOrder(names: readonly AugmentName[], probability: number): [KindName, number][] {
  const kinds = kindsOf(names);
  if (!kinds.includes('rotation') || !kinds.includes('stretch'))
    return kinds.map((name) => [name, probability]);
  const each = 1 - Math.sqrt(1 - probability);
  return kinds.flatMap((name): [KindName, number][] => {
    if (name === 'rotation') return [[name, each]];
    if (name !== 'stretch') return [[name, probability]];
    return [
      [name, probability],
      ['rotation', each],
    ];
  });
}

/** Changes for `count` images, row-major [count, columns]; each kind is applied with `probability`. */
export function drawChanges(
  count: number,
  side: number,
  names: readonly AugmentName[],
  probability: number,
  random: Random,
): Float32Array {
  const rows = new Float32Array(count * CHANGE_COLUMNS.length);
  const order = drawOrder(names, probability);
  for (let image = 0; image < count; image++) {
    const change = { ...UNCHANGED };
    for (const [name, share] of order) {
      if (share >= 1 || random.uniform() < share) AUGMENT_KINDS[name].draw(change, random, side);
    }
    rows.set(changeRow(change), image * CHANGE_COLUMNS.length);
  }
  return rows;
}

export function changeRow(change: ImageChange): number[] {
  return CHANGE_COLUMNS.map((column) => change[column]);
}
