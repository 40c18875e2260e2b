/**
 * The colours that AIA quick-look pictures are shown in, and back from colour to the 0..255 that was coloured. The tables
 * are built of four curves and of IDL's "red temperature" (loadct 3), as the instrument team's aia_lct does; the formulas
 * were checked against published pictures.
 */
import { SunganError } from '../../core/errors.ts';

type Curve = (index: number) => number;

const linear: Curve = (i) => i;
const root: Curve = (i) => Math.sqrt(255 * i);
const square: Curve = (i) => (i * i) / 255;
const mixed: Curve = (i) => ((root(i) + square(i) / 2) * 255) / (1.5 * 255);
/** Red, green and blue of red temperature: ramps that begin at 0, 120 and 190. */
const hotRed: Curve = (i) => Math.min(255, (i * 255) / 176);
const hotGreen: Curve = (i) => Math.max(0, ((i - 120) * 255) / 135);
const hotBlue: Curve = (i) => Math.max(0, ((i - 190) * 255) / 65);

/** Red, green, blue by wavelength. */
const TABLES: Record<string, readonly [Curve, Curve, Curve]> = {
  '94': [square, mixed, linear],
  '131': [hotGreen, hotRed, hotRed],
  '171': [hotRed, linear, hotBlue],
  '193': [root, linear, square],
  '211': [root, linear, mixed],
  '304': [hotRed, hotGreen, hotBlue],
  '335': [square, linear, root],
  '1600': [mixed, mixed, square],
  '1700': [root, linear, linear],
  '4500': [linear, linear, (i) => hotBlue(i) / 2],
};

export const COLOUR_TABLE_NAMES = ['none', ...Object.keys(TABLES)];

/** Steps a colour channel of the look-up: 32768 entries are quick to make and finer than JPEG keeps colours. */
const STEPS = 32;

/** RGB triples to 0..1, each by the nearest colour of the table. */
export function undoColourTable(rgb: Uint8Array, name: string): Float32Array {
  const table = TABLES[name];
  if (!table) {
    throw new SunganError('usage', `there is no colour table '${name}'`, {
      where: '--colour-table',
      remedy: `one of ${COLOUR_TABLE_NAMES.join(', ')}`,
    });
  }
  const colours = Array.from(
    { length: 256 },
    (_, i) => table.map((curve) => curve(i)) as [number, number, number],
  );
  const coarse = new Int16Array(STEPS ** 3).fill(-1);
  const result = new Float32Array(rgb.length / 3);
  for (let i = 0; i < result.length; i++) {
    const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
    const cell = ((r >> 3) * STEPS + (g >> 3)) * STEPS + (b >> 3);
    // Near colours have near indices: the full search is done once a cell.
    if (coarse[cell]! < 0) coarse[cell] = nearest(colours, (r & ~7) + 4, (g & ~7) + 4, (b & ~7) + 4, 0, 255);
    const around = coarse[cell]!;
    result[i] = nearest(colours, r, g, b, Math.max(0, around - 12), Math.min(255, around + 12)) / 255;
  }
  return result;
}

function nearest(
  colours: readonly (readonly [number, number, number])[],
  r: number,
  g: number,
  b: number,
  from: number,
  to: number,
): number {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let i = from; i <= to; i++) {
    const [cr, cg, cb] = colours[i]!;
    const distance = (r - cr) ** 2 + (g - cg) ** 2 + (b - cb) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}
