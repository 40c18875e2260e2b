/** Frames as pictures: north up, transform space as gray (or as red, green, blue for three channels). */
import sharp from 'sharp';
import { SunganError } from '../../core/errors.ts';
import { frameWords, withPngText } from '../../core/png-text.ts';
import type { Dataset } from '../dataset.ts';

export interface Picture {
  size: number;
  /** 1 or 3. */
  channels: 1 | 3;
  bits: 8 | 16;
  simulated: boolean;
  /** Interleaved, rows from the top (north). */
  data: Uint8Array | Uint16Array;
}

/** The picture of a frame; only one and three channels make pictures. */
export async function readPicture(
  dataset: Dataset,
  size: number,
  index: number,
  bits: 8 | 16,
): Promise<Picture> {
  const channels = dataset.channels.length;
  if (channels !== 1 && channels !== 3) {
    throw new SunganError('usage', `${channels} channels make no picture`, {
      where: dataset.name,
      remedy: 'export one or three channels as pictures, or any number as fits',
    });
  }
  const planes = await dataset.read(size, [index]);
  const data = bits === 8 ? new Uint8Array(planes.length) : new Uint16Array(planes.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const to = ((size - 1 - y) * size + x) * channels;
      for (let c = 0; c < channels; c++) {
        const value = planes[c * size * size + y * size + x]!;
        data[to + c] = bits === 8 ? toEightBits(value) : value;
      }
    }
  }
  return { size, channels, bits, data, simulated: dataset.simulated };
}

/** The nearest of 256 steps over the same range. */
export function toEightBits(value: number): number {
  return Math.round(value / 257);
}

/** PNG that says whether the frame was simulated; `uncompressed` for readers that open many. */
export async function encodePng(
  { size, channels, bits, data, simulated }: Picture,
  uncompressed = false,
): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width: size, height: size, channels } });
  // Without the explicit colour space sharp would squeeze 16 bits into 8.
  const space = channels === 1 ? (bits === 16 ? 'grey16' : 'b-w') : bits === 16 ? 'rgb16' : 'srgb';
  const png = await image
    .toColourspace(space)
    .png({ compressionLevel: uncompressed ? 0 : 6 })
    .toBuffer();
  return withPngText(png, frameWords(simulated, 'Gray is transform space; solar north is up.'));
}
