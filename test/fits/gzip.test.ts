import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type ImageHdu, readFits, readRaw } from '../../src/fits/index.ts';
import { errorOf } from './error-of.ts';

const BLOCK = 2880;
const MIB = 2 ** 20;

/** Header and data of an image of bytes, each padded to whole blocks; `XTENSION` for all but the first. */
function image(index: number, width: number, height: number, fill = index + 1): Buffer {
  const cards = [
    index === 0 ? 'SIMPLE  =                    T' : "XTENSION= 'IMAGE   '",
    'BITPIX  =                    8',
    'NAXIS   =                    2',
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    'PCOUNT  =                    0',
    'GCOUNT  =                    1',
    'END',
  ];
  const header = Buffer.from(
    cards
      .map((text) => text.padEnd(80))
      .join('')
      .padEnd(BLOCK),
  );
  const data = Buffer.alloc(Math.ceil((width * height) / BLOCK) * BLOCK);
  data.fill(fill, 0, width * height);
  return Buffer.concat([header, data]);
}

/** Bytes that do not pack, the same each time. */
function noise(length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

describe('a gzipped file is unpacked as far as its HDUs reach', () => {
  const zeros = Buffer.alloc(64 * MIB);

  test('64 MiB of zeros behind a small image stay packed', () => {
    const fits = readFits(gzipSync(Buffer.concat([image(0, 4, 4), zeros])));
    const hdu = fits.hdu(0) as ImageHdu;
    expect(readRaw(hdu).data).toEqual(new Uint8Array(16).fill(1));
    expect(hdu.source.bytes.length).toBeLessThanOrEqual(MIB);
    expect(fits.trailingBytes).toBeGreaterThanOrEqual(BLOCK);
    expect(() => fits.checkEnd()).not.toThrow();
  });

  test('so do they behind an image that does not pack', () => {
    const whole = image(0, 700, 700);
    whole.set(noise(700 * 700), BLOCK);
    const packed = gzipSync(Buffer.concat([whole, zeros]));
    const hdu = readFits(packed).hdu(0) as ImageHdu;
    expect(Buffer.compare(readRaw(hdu).data as Uint8Array, noise(700 * 700))).toBe(0);
    expect(hdu.source.bytes.length).toBeLessThanOrEqual(3 * packed.length);
  });

  test('what is no padding right behind the last HDU is noticed', () => {
    const stray = Buffer.concat([image(0, 4, 4), Buffer.from('junk'), zeros]);
    const fits = readFits(gzipSync(stray));
    expect(errorOf(() => fits.checkEnd()).message).toMatch(/what follows the last HDU is no HDU/);
  });

  test('a broken header behind an image is met when it is asked for', () => {
    const broken = Buffer.concat([image(0, 4, 4), image(1, 4, 4), zeros]);
    broken.write('NAXIS1  = -1     ', 2 * BLOCK + 240);
    const fits = readFits(gzipSync(broken));
    expect(readRaw(fits.hdu(0) as ImageHdu).data[0]).toBe(1);
    expect(errorOf(() => fits.hdu(1)).message).toMatch(/bad NAXIS1/);
  });
});

describe('every honest file is unpacked whole', () => {
  const many = Array.from({ length: 40 }, (_, i) => image(i, 300, 1 + 37 * i));
  const uneven = [image(0, 1, 1), image(1, 4000, 4000), image(2, 2, 2), image(3, 3000, 900)];
  const unpadded = image(0, 10, 10).subarray(0, BLOCK + 100);

  test.each([
    ['many images', Buffer.concat(many)],
    ['a large one that packs well between small ones', Buffer.concat(uneven)],
    ['a last block that is not filled', unpadded],
    ['padding behind the last', Buffer.concat([image(0, 900, 900), Buffer.alloc(5 * BLOCK)])],
  ])('%s', (_, plain) => {
    const cut = Math.floor(plain.length / 3);
    const members = [gzipSync(plain.subarray(0, cut)), gzipSync(plain.subarray(cut))];
    for (const packed of [gzipSync(plain), gzipSync(plain, { level: 0 }), Buffer.concat(members)]) {
      const fits = readFits(packed);
      const wanted = readFits(plain);
      expect(fits.hdus.length).toBe(wanted.hdus.length);
      expect(Buffer.compare(fits.hdus[0]!.source.bytes, plain)).toBe(0);
      expect(fits.trailingBytes).toBe(wanted.trailingBytes);
    }
  });

  test('one that was cut off is refused, one beyond the limit too', () => {
    const packed = gzipSync(Buffer.concat(many));
    expect(errorOf(() => readFits(packed.subarray(0, -9))).message).toMatch(/an intact gzip stream/);
    expect(errorOf(() => readFits(packed, { maxDecodedBytes: MIB })).message).toMatch(
      /at most 1048576 bytes, found more/,
    );
    expect(readFits(packed, { maxDecodedBytes: Buffer.concat(many).length }).hdus.length).toBe(40);
  });
});
