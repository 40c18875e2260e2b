/** A picture file as values of the transform space, row 0 = south. */
import sharp from 'sharp';
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

/** 0..1; throws when the bytes are no picture. */
export async function decodePicture(
  bytes: Uint8Array,
  { colourTable, masks }: DecodeOptions,
): Promise<Image> {
  const picture = sharp(bytes, { limitInputPixels: 16_384 ** 2 });
  const { depth } = await picture.metadata();
  const isDeep = depth === 'ushort';
  const isColoured = colourTable !== 'none';
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace(isColoured ? 'srgb' : isDeep ? 'grey16' : 'b-w')
    .raw({ depth: isDeep && !isColoured ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const values = isColoured ? undoColourTable(data, colourTable) : grayValues(data, info.channels, isDeep);
  blacken(values, info.width, info.height, masks);
  return northDown(values, info.width, info.height);
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
