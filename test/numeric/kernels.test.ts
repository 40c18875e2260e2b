import { describe, expect, test } from 'vitest';
import {
  createImage,
  createRandom,
  type Image,
  plainKernels,
  type StoredImage,
  simdKernels,
} from '../../src/numeric/index.ts';

const simd = simdKernels();
const plain = plainKernels();

function randomImage(width: number, height: number, seed: number, top = 16000): Image {
  const random = createRandom(seed);
  return createImage(
    width,
    height,
    Float32Array.from({ length: width * height }, () => top * random.uniform() ** 4),
  );
}

/** Smooth, so that a small error of position stays a small error of value. */
function smoothImage(size: number): Image {
  const data = Float32Array.from({ length: size * size }, (_, i) => {
    const x = i % size;
    const y = Math.floor(i / size);
    return 1000 + 500 * Math.sin(x / 7) + 300 * Math.cos(y / 11 + x / 23);
  });
  return createImage(size, size, data);
}

const floats = (image: Image): StoredImage => ({
  ...image,
  data: image.data,
  scale: 1,
  zero: 0,
  blank: undefined,
});

test('the built module is there', () => {
  expect(simd, 'build first: npm run build').toBeDefined();
});

describe.skipIf(!simd)('SIMD and plain kernels agree', () => {
  const both = <Result>(image: Image, work: (kernels: NonNullable<typeof simd>, loaded: Image) => Result) =>
    [simd!, plain].map((kernels) => {
      kernels.begin(image.data.length * 6 + 4096);
      return work(kernels, kernels.load(floats(image), 16383).image);
    }) as [Result, Result];

  const STORED: [string, StoredImage['data'], Partial<StoredImage>][] = [
    ['16-bit', Int16Array.of(-8, 0, 1, -32768, 16383, 16382, 20000, 5, 9, 11), { blank: -32768 }],
    ['16-bit, all values', Int16Array.of(-32768, 32767, 3, 4, 5, 6, 7, 8, 9, 10), {}],
    [
      '32-bit sixteenths',
      Int32Array.of(-160, 0, 16, -2147483648, 262128, 262127, 7, 1),
      { blank: -2147483648, scale: 0.0625 },
    ],
    ['tenths from a zero point', Int32Array.of(1, 2, 3, -4, 5, 6), { scale: 0.1, zero: 3 }],
    ['floats', Float32Array.of(1.5, Number.NaN, 16383, 16382.9, 20000, -3), {}],
  ];

  test.each(STORED)('stored pixels: %s', (_, data, more) => {
    const stored = { width: data.length, height: 1, data, scale: 1, zero: 0, blank: undefined, ...more };
    const [a, b] = [simd!, plain].map((kernels) => {
      kernels.begin(4096);
      const { image, missing, saturated } = kernels.load(stored, 16383);
      return { values: [...image.data], missing, saturated };
    });
    expect(a).toEqual({
      ...b,
      values: b!.values.map((value) => (Number.isNaN(value) ? value : expect.closeTo(value, 4))),
    });
  });

  test.each(STORED.slice(0, 4))('stored pixels in the kernels’ own room: %s', (_, data, more) => {
    const stored = { width: data.length, height: 1, data, scale: 1, zero: 0, blank: undefined, ...more };
    const values = (given: StoredImage) => [...simd!.load(given, 16383).image.data];
    simd!.begin(4096);
    const copied = values(stored);
    simd!.begin(4096);
    const room = simd!.room(data instanceof Int16Array ? 16 : 32, data.length);
    room.set(data);
    expect(values({ ...stored, data: room })).toEqual(copied);
  });

  test('scaling and clipping', () => {
    const image = randomImage(16, 16, 2, 40000);
    image.data[0] = -5;
    const [a, b] = both(image, (kernels, loaded) => {
      kernels.scaleClip(loaded, 1.0001715, 0, 16383);
      return [...loaded.data];
    });
    expect(a[0]).toBe(0);
    expect(Math.max(...a)).toBe(16383);
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1e-6 * b[i]!);
    });
  });

  test.each([2, 4, 6, 8, 64])('2x2 means of %i pixels', (size) => {
    const [a, b] = both(randomImage(size, size, 3), (kernels, loaded) => [...kernels.halve(loaded).data]);
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1e-6 * b[i]!);
    });
  });

  test('logarithm, within one step over the whole range', () => {
    const values = Float32Array.from({ length: 65536 }, (_, i) => Math.expm1((i / 65535) * Math.log(16384)));
    values[65535] = 16383;
    const [a, b] = both(createImage(256, 256, values), (kernels, loaded) =>
      kernels.log1pQuantise(loaded, 16383),
    );
    expect(a[0]).toBe(0);
    expect(a[65535]).toBe(65535);
    let differing = 0;
    a.forEach((step, i) => {
      expect(Math.abs(step - b[i]!)).toBeLessThanOrEqual(1);
      if (step !== b[i]) differing++;
    });
    expect(differing).toBeLessThan(1500);
  });

  const MAPS: [string, Parameters<typeof plain.warpCubic>[1]][] = [
    ['identity', { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 }],
    ['shift', { xx: 1, xy: 0, x0: 3.3, yx: 0, yy: 1, y0: -2.7 }],
    ['quarter turn', { xx: 0, xy: 1, x0: 0, yx: -1, yy: 0, y0: 95 }],
    ['half turn', { xx: -1, xy: 0, x0: 95, yx: 0, yy: -1, y0: 95 }],
    ['roll and scale', { xx: 0.97, xy: 0.17, x0: -8.25, yx: -0.17, yy: 0.97, y0: 9.5 }],
    ['far outside', { xx: 1, xy: 0, x0: 500, yx: 0, yy: 1, y0: 0 }],
  ];

  test.each(MAPS)('cubic resample: %s', (_, map) => {
    const image = smoothImage(96);
    const [a, b] = both(image, (kernels, loaded) => [...kernels.warpCubic(loaded, map, 96, 96, -7).data]);
    // 500 / 7 DN a pixel at the steepest, 1/4096 pixel, two axes.
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i]!)).toBeLessThan(0.04);
    });
  });
});

test('a halved resample is a resample that is halved', () => {
  const image = smoothImage(96);
  const map = { xx: 0.97, xy: 0.17, x0: -8.25, yx: -0.17, yy: 0.97, y0: 9.5 };
  for (const kernels of simd ? [simd, plain] : [plain]) {
    kernels.begin(4 * 96 * 96 + 40 * 96);
    const { image: source } = kernels.load(floats(image), 1e9);
    const halved = kernels.warpHalved(source, map, 96, 80, 3, { factor: 1.1, low: 900, high: 1500 });
    const whole = kernels.warpCubic(source, map, 96, 80, 3);
    kernels.scaleClip(whole, 1.1, 900, 1500);
    const expected = kernels.halve(whole);
    expect([halved.width, halved.height]).toEqual([48, 40]);
    halved.data.forEach((value, i) => {
      expect(Math.abs(value - expected.data[i]!)).toBeLessThan(0.04);
    });
  }
});

test('what is made after a reuse leaves the other images alone', () => {
  for (const kernels of simd ? [simd, plain] : [plain]) {
    kernels.begin(2 * 32 * 32 + 64);
    const { image } = kernels.load(floats(smoothImage(32)), 1e9);
    const shifted = kernels.warpCubic(image, { xx: 1, xy: 0, x0: 1, yx: 0, yy: 1, y0: 0 }, 32, 32, 0);
    const before = [...shifted.data];
    kernels.reuse(image);
    kernels.halve(kernels.halve(shifted));
    kernels.log1pQuantise(kernels.halve(shifted), 16383);
    expect([...shifted.data]).toEqual(before);
  }
});

test('a resample by the identity is the image', () => {
  const image = smoothImage(32);
  const identity = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
  for (const kernels of simd ? [simd, plain] : [plain]) {
    kernels.begin(4096);
    expect([...kernels.warpCubic(kernels.load(floats(image), 1).image, identity, 32, 32, 0).data]).toEqual([
      ...image.data,
    ]);
  }
});
