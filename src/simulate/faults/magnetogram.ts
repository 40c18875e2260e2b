/**
 * Faults of magnetograms. There is no light to dim: what is covered, lost or badly timed shows as noise, as a wrong place or
 * as missing values. Header keywords differ from AIA's, so does the quality word.
 */

import type { Random } from '../../numeric/random.ts';
import { HMI_QUALITY } from '../headers/quality.ts';
import { type Geometry, blur as smooth } from '../sun/index.ts';
import type { FaultName } from './types.ts';

/** One magnetogram on the way. */
export interface Magnetogram {
  /** Gauss; NaN beyond the limb and where nothing is known. */
  field: Float32Array;
  /** How the Sun lies in the picture; faults before drawing may move it. */
  geometry: Geometry;
  /** Of the Sun, pixels. */
  radiusPixels: number;
  random: Random;
}

export interface MagnetogramFault {
  /** Before the field is drawn. */
  prepare?(magnetogram: Magnetogram): void;
  spoil?(magnetogram: Magnetogram): void;
  /** The bit that is set when it was noticed. */
  bit: number;
}

/** Without light the inversion returns noise of this size, gauss. */
const DARK_NOISE = 900;

/** Behind the Earth's edge there is noise, softer near the edge. */
const eclipse: MagnetogramFault = {
  bit: HMI_QUALITY.eclipse,
  spoil({ field, geometry, radiusPixels, random }) {
    const draw = random.fork('eclipse');
    const angle = 2 * Math.PI * draw.uniform();
    const offset = (1.2 * draw.uniform() - 0.7) * radiusPixels;
    for (let i = 0; i < field.length; i++) {
      const dx = (i % geometry.width) - geometry.centreX;
      const dy = Math.floor(i / geometry.width) - geometry.centreY;
      const depth = (offset - dx * Math.sin(angle) - dy * Math.cos(angle)) / (0.08 * radiusPixels);
      if (depth > -2) field[i]! += DARK_NOISE * Math.min(1, (depth + 2) / 3) * draw.normal();
    }
  },
};

/** The whole disk is noise. */
const dark: MagnetogramFault = {
  bit: HMI_QUALITY.noImage,
  spoil({ field, random }) {
    const draw = random.fork('dark');
    for (let i = 0; i < field.length; i++) {
      if (!Number.isNaN(field[i]!)) field[i] = DARK_NOISE * draw.normal();
    }
  },
};

const offPoint: MagnetogramFault = {
  bit: HMI_QUALITY.issLoopOpen,
  prepare(magnetogram) {
    const draw = magnetogram.random.fork('off-point');
    const { geometry } = magnetogram;
    const pixels = (150 + 350 * draw.uniform()) / geometry.arcsecPerPixel;
    const direction = 2 * Math.PI * draw.uniform();
    magnetogram.geometry = {
      ...geometry,
      centreX: geometry.centreX + pixels * Math.cos(direction),
      centreY: geometry.centreY + pixels * Math.sin(direction),
    };
  },
};

/** Filtergrams lost: stripes of blocks without values. */
const missingBlocks: MagnetogramFault = {
  bit: HMI_QUALITY.fewFiltergrams,
  spoil({ field, geometry, random }) {
    const draw = random.fork('blocks');
    const rows = Math.max(1, Math.round(geometry.height / 32));
    const count = 2 + draw.int(6);
    for (let block = 0; block < count; block++) {
      // In the middle half, so that every block hides a part of the disk.
      const top = Math.floor(geometry.height * (0.25 + 0.5 * draw.uniform()));
      field.fill(Number.NaN, top * geometry.width, (top + rows) * geometry.width);
    }
  },
};

/** Guiding lost: fields of both signs run into each other. */
const blur: MagnetogramFault = {
  bit: HMI_QUALITY.issLoopOpen,
  spoil({ field, geometry, random }) {
    const arcsec = 8 + 12 * random.fork('blur').uniform();
    const isOff = field.map((value) => (Number.isNaN(value) ? 1 : 0));
    for (let i = 0; i < field.length; i++) if (isOff[i]) field[i] = 0;
    smooth(field, geometry.width, geometry.height, Math.max(1, arcsec / geometry.arcsecPerPixel));
    for (let i = 0; i < field.length; i++) if (isOff[i]) field[i] = Number.NaN;
  },
};

/** Faults of files apply to any product; these need the picture. */
export const MAGNETOGRAM_FAULTS: Partial<Record<FaultName, MagnetogramFault>> = {
  eclipse,
  dark,
  'off-point': offPoint,
  'missing-blocks': missingBlocks,
  blur,
};
