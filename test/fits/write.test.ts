import { describe, expect, test } from 'vitest';
import { checksum } from '../../src/fits/checksum.ts';
import {
  card,
  FitsError,
  firstImage,
  type ImageHdu,
  readFits,
  readImage,
  readRaw,
  type WriteImageOptions,
  writeImage,
} from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/random.ts';

function open(options: WriteImageOptions): ImageHdu {
  return firstImage(readFits(writeImage(options)));
}

/** A smooth picture with noise, flat stretches and jumps over the whole range of the type. */
function picture<Data extends Uint8Array | Int16Array | Int32Array>(data: Data, width: number): Data {
  const random = createRandom(7);
  const half = 2 ** (8 * data.BYTES_PER_ELEMENT - 1);
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor(i / width) % 4;
    if (row === 0) data[i] = 100 * Math.sin(i / 9) + 3 * random.normal();
    else if (row === 1) data[i] = 5;
    else if (row === 2) data[i] = (random.uniform() * 2 - 1) * half;
    else data[i] = i % 40 < 20 ? -3 : random.poisson(2);
  }
  return data;
}

describe('pixels come back as they were written', () => {
  const types = [Uint8Array, Int16Array, Int32Array] as const;
  const cases = types.flatMap((type) =>
    [1, 31, 32, 33, 100].map((width) => [type.name, width, type] as const),
  );
  test.each(cases)('RICE_1 %s rows of %d', (_, width, type) => {
    const data = picture(new type(width * 12), width);
    const hdu = open({ width, height: 12, data, compression: 'RICE_1' });
    expect(hdu).toMatchObject({ index: 1, compression: 'RICE_1', width, height: 12 });
    expect(readRaw(hdu).data).toEqual(data);
  });

  test.each([Uint8Array, Int16Array, Int32Array, Float32Array, Float64Array])('plain %o', (type) => {
    const data = type.from([1, 2, 3, 250, 100, 0]);
    const hdu = open({ width: 3, height: 2, data });
    expect(hdu).toMatchObject({ index: 0, compression: 'none' });
    expect(readRaw(hdu).data).toEqual(data);
  });

  test('scale and BLANK', () => {
    const data = Int16Array.from([-32768, 0, 10, -8]);
    const hdu = open({
      width: 2,
      height: 2,
      data,
      bscale: 0.0625,
      bzero: 1,
      blank: -32768,
      compression: 'RICE_1',
    });
    expect([...readImage(hdu).data]).toEqual([Number.NaN, 1, 1.625, 0.5]);
  });
});

describe('headers', () => {
  const long = `it's ${'a long value, quoted often '.repeat(6)}''end`;
  const cards = [
    card('TELESCOP', 'SDO/AIA', 'mission / instrument'),
    card('EXPTIME', 1.999657, '[s]'),
    card('QUALITY', -2147483648),
    card('TINY', 1.234567890123e-300),
    card('FLAG', true),
    card('NOTHING', null, 'no value'),
    card('LONGTEXT', long, 'joined'),
    card('ESO DET CHIP', 5),
    card('HISTORY', undefined, 'SIMULATED by a seeded generator'),
    card('NAXIS', 7),
  ];

  test.each(['none', 'RICE_1'] as const)('cards come back (%s)', (compression) => {
    const { header } = open({ width: 2, height: 1, data: Int16Array.of(1, 2), cards, compression });
    expect(header.toRecord()).toMatchObject({
      NAXIS: 2,
      NAXIS1: 2,
      NAXIS2: 1,
      BITPIX: 16,
      TELESCOP: 'SDO/AIA',
      EXPTIME: 1.999657,
      QUALITY: -2147483648,
      TINY: 1.234567890123e-300,
      FLAG: true,
      NOTHING: null,
      LONGTEXT: long,
      'ESO DET CHIP': 5,
      HISTORY: 'SIMULATED by a seeded generator',
    });
    expect(header.card('EXPTIME')!.comment).toBe('[s]');
  });

  test('every HDU sums to all ones', () => {
    const bytes = writeImage({
      width: 50,
      height: 20,
      data: picture(new Int16Array(1000), 50),
      cards,
      compression: 'RICE_1',
    });
    const second = readFits(bytes).hdu(1)!.headerOffset;
    expect(checksum(bytes.subarray(0, second))).toBe(0xffffffff);
    expect(checksum(bytes.subarray(second))).toBe(0xffffffff);
  });

  test('what cannot be written is refused', () => {
    const image = { width: 1, height: 1, data: Int16Array.of(1) };
    expect(() => writeImage({ ...image, width: 2 })).toThrow(FitsError);
    expect(() => writeImage({ ...image, cards: [card('A', 'Å')] })).toThrow(FitsError);
    expect(() => writeImage({ ...image, cards: [card('a.b', 1)] })).toThrow(FitsError);
    expect(() => writeImage({ ...image, data: Float32Array.of(1), compression: 'RICE_1' })).toThrow(
      FitsError,
    );
  });

  test.each<[string, object]>([
    ['found Uint16Array', { data: Uint16Array.of(1) }],
    ['found BigInt64Array', { data: BigInt64Array.of(1n), compression: 'RICE_1' }],
    ['found BigInt64Array', { data: BigInt64Array.of(1n) }],
    ['found Uint8ClampedArray', { data: Uint8ClampedArray.of(1) }],
    ['found Array', { data: [1] }],
    ['found undefined', { data: undefined }],
    ['found 2 values', { data: Int16Array.of(1, 2) }],
    ['compression RICE_1 or none, found GZIP_1', { compression: 'GZIP_1' }],
    ['an integer from -32768 to 32767 as BLANK, found 0.5', { blank: 0.5 }],
    ['found 40000', { blank: 40000 }],
    ['no BLANK with floats', { data: Float32Array.of(1), blank: 1 }],
    ['BSCALE 0, BZERO 0', { bscale: 0 }],
    ['BSCALE NaN', { bscale: Number.NaN }],
    ['BZERO Infinity', { bzero: Number.POSITIVE_INFINITY }],
    ['in one line', { cards: [card('X', 'a\nb')] }],
    ['in one line', { cards: [card('X', 1, 'a\nb')] }],
    ['found bigint', { cards: [card('X', 1n as unknown as number)] }],
  ])('%s', (message, options) => {
    const write = () => writeImage({ width: 1, height: 1, data: Int16Array.of(1), ...options });
    expect(write).toThrow(FitsError);
    expect(write).toThrow(message);
  });
});
