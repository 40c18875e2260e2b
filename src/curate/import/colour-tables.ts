/**
 * The colours that AIA quick-look pictures are shown in, and back from colour to the 0..255 that was coloured. The tables
 * are built of four curves and of IDL's "red temperature" (loadct 3), as the instrument team's aia_lct does; published
 * pictures of 94 angstrom are in IDL's "green/white linear" (loadct 8) instead. The formulas were checked against
 * published pictures of every table but that of 4500 and aia_lct's of 94.
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

/** Red and blue of green/white linear: ramps that begin at 97 and 181. */
const whiteRed: Curve = (i) => Math.max(0, ((i - 97) * 255) / 158);
const whiteBlue: Curve = (i) => Math.max(0, ((i - 181) * 255) / 74);

/** Red, green, blue by wavelength. */
const TABLES: Record<string, readonly [Curve, Curve, Curve]> = {
  '94': [whiteRed, linear, whiteBlue],
  '94-lct': [square, mixed, linear],
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

/** Mean distance from the table in steps of 255: of published JPEG files below 3, in the table of another channel 10 and more. */
const LARGEST_DISTANCE = 8;

/** What is known of a table: its 256 colours, and the index + 1 of each of the 2^24 colours that was met (0: not yet). */
interface Inverse {
  colours: Float64Array;
  met: Uint16Array;
}

/** Pictures of one set share most of their colours, and all of them their table. */
const inverses = new Map<string, Inverse>();

/** RGB triples to 0..1, each by the nearest colour of the table; throws when the picture is in other colours. */
export function undoColourTable(rgb: Uint8Array, name: string): Float32Array {
  const { colours, met } = inverseOf(name);
  const result = new Float32Array(rgb.length / 3);
  let distance = 0;
  for (let i = 0, at = 0; i < result.length; i++, at += 3) {
    const colour = (rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!;
    if (met[colour] === 0) met[colour] = nearest(colours, rgb[at]!, rgb[at + 1]!, rgb[at + 2]!) + 1;
    const index = met[colour]! - 1;
    const [r, g, b] = [
      rgb[at]! - colours[3 * index]!,
      rgb[at + 1]! - colours[3 * index + 1]!,
      rgb[at + 2]! - colours[3 * index + 2]!,
    ];
    distance += Math.sqrt(r * r + g * g + b * b);
    result[i] = index / 255;
  }
  if (distance / result.length > LARGEST_DISTANCE) {
    throw new SunganError('data', `the colours are not those of the table ${name}`, {
      remedy: `give the --colour-table that it was made with: ${COLOUR_TABLE_NAMES.join(', ')}`,
    });
  }
  return result;
}

function inverseOf(name: string): Inverse {
  const table = TABLES[name];
  if (!table) {
    throw new SunganError('usage', `there is no colour table '${name}'`, {
      where: '--colour-table',
      remedy: `one of ${COLOUR_TABLE_NAMES.join(', ')}`,
    });
  }
  let inverse = inverses.get(name);
  if (inverse === undefined) {
    const colours = Float64Array.from({ length: 3 * 256 }, (_, at) => table[at % 3]!(Math.floor(at / 3)));
    inverse = { colours, met: new Uint16Array(2 ** 24) };
    inverses.set(name, inverse);
  }
  return inverse;
}

function nearest(colours: Float64Array, r: number, g: number, b: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 256; i++) {
    const distance =
      (r - colours[3 * i]!) ** 2 + (g - colours[3 * i + 1]!) ** 2 + (b - colours[3 * i + 2]!) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}
