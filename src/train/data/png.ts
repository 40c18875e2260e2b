/** Gray PNG files with words in them (PNG specification, 3rd edition). Rows are turned so that north is up. */
import { deflateSync } from 'node:zlib';
import { pngChunk, withPngText } from '../../core/png-text.ts';

export interface GrayPicture {
  width: number;
  height: number;
  /** 0..1, row 0 at the bottom; what lies outside is clipped. */
  values: Float32Array;
}

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/** `text`: keyword -> words, written as iTXt chunks (UTF-8). */
export function encodeGrayPng(
  picture: GrayPicture,
  bits: 8 | 16,
  text: Readonly<Record<string, string>>,
): Uint8Array {
  const { width, height } = picture;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 0, 0, 0, 0], 8);
  const data = pngChunk('IDAT', deflateSync(scanLines(picture, bits)));
  const chunks = [pngChunk('IHDR', header), data, pngChunk('IEND', Buffer.alloc(0))];
  return withPngText(Buffer.concat([SIGNATURE, ...chunks]), text);
}

function scanLines({ width, height, values }: GrayPicture, bits: 8 | 16): Uint8Array {
  const bytes = bits / 8;
  const limit = 2 ** bits - 1;
  const lines = Buffer.alloc(height * (1 + width * bytes));
  for (let line = 0; line < height; line++) {
    const row = height - 1 - line;
    for (let column = 0; column < width; column++) {
      const value = Math.round(Math.min(1, Math.max(0, values[row * width + column]!)) * limit);
      lines.writeUIntBE(value, line * (1 + width * bytes) + 1 + column * bytes, bytes);
    }
  }
  return lines;
}
