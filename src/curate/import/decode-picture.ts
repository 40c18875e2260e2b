/** A picture file as values of the transform space, row 0 = south. */
import sharp from 'sharp';
import { SunganError } from '../../core/errors.ts';
import { createImage, type Image } from '../../numeric/index.ts';
import { undoColourTable } from './colour-tables.ts';

/** In pixels of the picture, from its upper left corner. */
export interface MaskBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface DecodeOptions {
  /** `none`: the picture is gray. */
  colourTable: string;
  /** Set to black: captions. */
  masks: readonly MaskBox[];
}

/** A picture as values, and whether it says of itself that no telescope took it. */
export interface DecodedPicture {
  image: Image;
  isMade: boolean;
}

/** More is no picture of the Sun that anybody keeps, and would not fit beside the others in memory. */
const LARGEST_PIXELS = 8192 ** 2;

/** Values 0..1; throws when the bytes are no picture, or one that the options do not fit. */
export async function decodePicture(
  bytes: Uint8Array,
  { colourTable, masks }: DecodeOptions,
): Promise<DecodedPicture> {
  // Turned as viewers show it; what is transparent is black.
  const picture = sharp(bytes, { limitInputPixels: LARGEST_PIXELS, autoOrient: true });
  const { depth, channels = 1, comments = [] } = await picture.metadata();
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw new SunganError('data', `values of the kind '${depth}' have no fixed white`, {
      remedy: 'save it with 8 or 16 bits a value',
    });
  }
  const isDeep = depth === 'ushort';
  const isColoured = colourTable !== 'none';
  if (!isColoured && channels >= 3) await refuseColours(picture);
  const { data, info } = await picture
    .flatten({ background: '#000000' })
    .toColourspace(isColoured ? 'srgb' : isDeep ? 'grey16' : 'b-w')
    .raw({ depth: isDeep && !isColoured ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const values = isColoured ? undoColourTable(data, colourTable) : grayValues(data, info.channels, isDeep);
  blacken(values, info.width, info.height, masks);
  const isMade = comments.some(({ keyword, text }) => keyword === 'Title' && MADE_TITLES.includes(text));
  return { image: northDown(values, info.width, info.height), isMade };
}

/** What this program writes into the pictures that the simulator or a generator made. */
const MADE_TITLES = ['SIMULATED', 'GENERATED'];

/** Between the largest and the smallest of red, green and blue, mean over the picture: gray JPEG files have 0 to 2. */
const LARGEST_SPREAD = 8;

async function refuseColours(picture: ReturnType<typeof sharp>): Promise<void> {
  const { data } = await picture
    .clone()
    .flatten({ background: '#000000' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  let spread = 0;
  for (let i = 0; i + 2 < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    spread += Math.max(r, g, b) - Math.min(r, g, b);
  }
  if (spread / (data.length / 3) <= LARGEST_SPREAD) return;
  throw new SunganError('data', 'the picture is coloured: its gray would not be what was coloured', {
    remedy: 'give the --colour-table that it was made with, or make it gray',
  });
}

function grayValues(data: Buffer, channels: number, isDeep: boolean): Float32Array {
  const stored = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const scale = isDeep ? 65535 : 255;
  return Float32Array.from({ length: stored.length / channels }, (_, i) => stored[i * channels]! / scale);
}

function blacken(values: Float32Array, width: number, height: number, masks: readonly MaskBox[]): void {
  for (const mask of masks) {
    const [right, bottom] = [
      Math.min(width, mask.left + mask.width),
      Math.min(height, mask.top + mask.height),
    ];
    for (let y = Math.max(0, mask.top); y < bottom; y++)
      values.fill(0, y * width + Math.max(0, mask.left), y * width + right);
  }
}

/** Pictures begin in the north, arrays in the south. */
function northDown(values: Float32Array, width: number, height: number): Image {
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    result.set(values.subarray(y * width, (y + 1) * width), (height - 1 - y) * width);
  }
  return createImage(width, height, result);
}
