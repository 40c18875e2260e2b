import { describe, expect, test } from 'vitest';
import { firstImage, readFits, readRaw, writeImage } from '../../src/fits/index.ts';
import {
  decodeRice,
  RICE_SLACK,
  RICE_WIDTHS,
  RiceOverrun,
  type RiceTile,
} from '../../src/fits/tiles/rice.ts';
import { riceRows } from '../../src/fits/tiles/rice-rows.ts';
import { encodeRice, riceBound } from '../../src/fits/write/rice-encode.ts';
import { createRandom, type Random } from '../../src/numeric/random.ts';

type Pixels = Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Rows of every kind of noise, so that all widths of blocks come and neighbouring rows differ. */
function noisyRows(rows: Pixels, width: number, random: Random): Pixels {
  const bits = 8 * rows.BYTES_PER_ELEMENT;
  let amplitude = 0;
  for (let i = 0; i < rows.length; i++) {
    if (i % 32 === 0) amplitude = random.int(6) === 0 ? 0 : 2 ** (random.uniform() * bits - 1);
    rows[i] = random.int(50) === 0 ? (random.uniform() - 0.5) * 2 ** bits : amplitude * random.normal();
    if (i % width === 0) amplitude = 2 ** random.int(bits);
  }
  return rows;
}

function encode(rows: Pixels, width: number): { view: DataView; tiles: RiceTile[] } {
  const height = rows.length / width;
  const view = new DataView(new ArrayBuffer(height * riceBound(width, rows.BYTES_PER_ELEMENT) + RICE_SLACK));
  const tiles: RiceTile[] = [];
  let start = 0;
  for (let y = 0; y < height; y++) {
    const end = encodeRice(rows, y * width, (y + 1) * width, view, start);
    tiles.push({ start, length: end - start });
    start = end;
  }
  return { view, tiles };
}

function decodeTogether(view: DataView, tiles: RiceTile[], out: Pixels, width: number): boolean {
  return riceRows()!.decode(new Uint8Array(view.buffer), tiles, 32, out, 0, width);
}

describe.each([Int16Array, Int32Array])('%o', (type) => {
  const coding = { blockSize: 32, widths: RICE_WIDTHS[type.BYTES_PER_ELEMENT]! };

  test.each([1, 2, 31, 32, 33, 64, 95, 500])(
    'four rows at a time and one by one give what was encoded, width %d',
    (width) => {
      const random = createRandom(width);
      for (let round = 0; round < 40; round++) {
        const rows = noisyRows(new type(4 * width), width, random);
        const { view, tiles } = encode(rows, width);
        const together = new type(4 * width);
        expect(decodeTogether(view, tiles, together, width)).toBe(true);
        expect(together).toEqual(rows);
        const single = new type(4 * width);
        tiles.forEach((tile, y) => {
          decodeRice(view, tile, coding, single, y * width, width);
        });
        expect(single).toEqual(rows);
      }
    },
  );

  test('codes beyond the end of a tile are an overrun, whatever follows', () => {
    const width = 320;
    const rows = noisyRows(new type(4 * width), width, createRandom(3));
    const { view, tiles } = encode(rows, width);
    for (let k = 0; k < 4; k++) {
      const cut = tiles.map((tile, i) => (i === k ? { ...tile, length: Math.floor(tile.length / 2) } : tile));
      expect(decodeTogether(view, cut, new type(4 * width), width)).toBe(false);
      expect(() => decodeRice(view, cut[k]!, coding, new type(width), 0, width)).toThrow(RiceOverrun);
    }
  });

  test('a flipped bit is refused both ways, or gives the same pixels', () => {
    const width = 160;
    const random = createRandom(4);
    let refused = 0;
    let read = 0;
    for (let round = 0; round < 400; round++) {
      const { view, tiles } = encode(noisyRows(new type(4 * width), width, random), width);
      const at = random.int(tiles[3]!.start + tiles[3]!.length);
      view.setUint8(at, view.getUint8(at) ^ (1 << random.int(8)));
      const single = new type(4 * width);
      const isRead = tiles.every((tile, y) => isDecoded(view, tile, coding, single, y * width, width));
      const together = new type(4 * width);
      expect(decodeTogether(view, tiles, together, width)).toBe(isRead);
      if (isRead) expect(together).toEqual(single);
      if (isRead) read++;
      else refused++;
    }
    // Both happen.
    expect(Math.min(read, refused)).toBeGreaterThan(0);
  });
});

function isDecoded(...task: Parameters<typeof decodeRice>): boolean {
  try {
    decodeRice(...task);
    return true;
  } catch (error) {
    if (error instanceof RiceOverrun || error instanceof RangeError) return false;
    throw error;
  }
}

test('a long run of zero bits is counted', () => {
  // Width 0, so that the code of the jump is unary: 20000 zeros.
  const rows = Int16Array.from({ length: 64 }, (_, i) => (i === 40 ? 10000 : 0));
  const bytes = new Uint8Array(4000);
  const view = new DataView(bytes.buffer);
  const bits: number[] = [...'0'.repeat(16), ...'0000', ...'0001'].map(Number);
  for (let i = 32; i < 64; i++) {
    const difference = rows[i]! - rows[i - 1]!;
    const code = difference >= 0 ? 2 * difference : -2 * difference - 1;
    bits.push(...new Array(code).fill(0), 1);
  }
  const long = new Uint8Array(Math.ceil(bits.length / 8) + RICE_SLACK);
  bits.forEach((bit, i) => {
    long[i >> 3]! |= bit << (7 - (i & 7));
  });
  expect(view.byteLength).toBeLessThan(long.length);
  const out = new Int16Array(64);
  const tile = { start: 0, length: long.length - RICE_SLACK };
  decodeRice(new DataView(long.buffer), tile, { blockSize: 32, widths: RICE_WIDTHS[2]! }, out, 0, 64);
  expect(out).toEqual(rows);
});

test('an unknown width of blocks is refused', () => {
  const bytes = new Uint8Array(100).fill(0xff);
  const tile = { start: 0, length: 90 };
  const coding = { blockSize: 32, widths: RICE_WIDTHS[4]! };
  expect(() => decodeRice(new DataView(bytes.buffer), tile, coding, new Int32Array(64), 0, 64)).toThrow(
    RiceOverrun,
  );
});

test('a picture whose height is no multiple of four, to the last byte of the file', () => {
  const width = 97;
  // Below 16 rows one by one, from there on four at a time.
  for (const height of [1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 20]) {
    const data = noisyRows(new Int16Array(width * height), width, createRandom(height)) as Int16Array;
    const bytes = writeImage({ width, height, data, compression: 'RICE_1' });
    const { dataOffset, dataBytes } = firstImage(readFits(bytes));
    const hdu = firstImage(readFits(bytes.slice(0, dataOffset + dataBytes)));
    expect(readRaw(hdu).data).toEqual(data);
  }
});
