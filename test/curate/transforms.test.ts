import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createTransform,
  dequantise,
  QUANTISATION_LEVELS,
  quantise,
  restoreTransform,
  TRANSFORM_NAMES,
} from '../../src/curate/transforms/index.ts';

describe.each(TRANSFORM_NAMES)('%s', (name) => {
  const transform = createTransform(name, '193');
  const [low, high] = transform.domain;
  const value = fc.float({ min: Math.fround(low), max: Math.fround(high), noNaN: true });
  const at = (y: number) => transform.inverse(Float32Array.of(y))[0]!;

  test('maps its range onto [0, 1] and clips what is outside', () => {
    const ends = transform.forward(Float32Array.of(low, high, low - 100, high + 100));
    expect([...ends]).toEqual([0, 1, 0, 1].map((end) => expect.closeTo(end, 6)));
  });

  test('grows', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [ya, yb] = transform.forward(Float32Array.of(Math.min(a, b), Math.max(a, b)));
        expect(ya).toBeLessThanOrEqual(yb!);
      }),
    );
  });

  test('its inverse returns the value within one quantisation step', () => {
    fc.assert(
      fc.property(value, (x) => {
        const stored = quantise(transform.forward(Float32Array.of(x)));
        const back = transform.inverse(dequantise(stored))[0]!;
        const y = stored[0]! / QUANTISATION_LEVELS;
        const step = 1 / QUANTISATION_LEVELS;
        const room = Math.max(at(Math.min(1, y + step)) - at(y), at(y) - at(Math.max(0, y - step)));
        expect(Math.abs(back - x)).toBeLessThanOrEqual(room);
      }),
      { numRuns: 500 },
    );
  });

  test('its record restores it', () => {
    const restored = restoreTransform(JSON.parse(JSON.stringify(transform.record)));
    const values = Float32Array.of(low, 0, 1, 100, high);
    expect(restored.forward(values)).toEqual(transform.forward(values));
  });
});

test.each(TRANSFORM_NAMES)('%s holds the whole range of the camera', (name) => {
  const transform = createTransform(name, '193');
  const back = transform.inverse(dequantise(quantise(transform.forward(Float32Array.of(100, 8000, 16383)))));
  [100, 8000, 16383].forEach((value, i) => {
    expect(Math.abs(back[i]! / value - 1)).toBeLessThan(0.002);
  });
});

test.each(TRANSFORM_NAMES)('%s: every stored step comes back as itself', (name) => {
  for (const channel of ['193', '304', 'hmi-m', 'hmi-ic']) {
    const transform = createTransform(name, channel);
    const steps = Uint16Array.from({ length: QUANTISATION_LEVELS + 1 }, (_, step) => step);
    expect(quantise(transform.forward(transform.inverse(dequantise(steps))))).toEqual(steps);
  }
});

test('signed-log keeps zero in the middle and signs apart', () => {
  const transform = createTransform('signed-log', 'hmi-m');
  const [minus, zero, plus] = transform.forward(Float32Array.of(-250, 0, 250));
  expect(zero).toBe(0.5);
  expect(minus! + plus!).toBeCloseTo(1, 6);
});

test('a record of another version is refused', () => {
  const { record } = createTransform('log1p', '193');
  expect(() => restoreTransform({ ...record, version: 99 })).toThrow('version 99');
});

test('log begins where SDOBenchmark does, in DN at nominal exposure', () => {
  const floors = ['193', '1700', 'hmi-ic'].map(
    (channel) => createTransform('log', channel).constants['floor'],
  );
  expect(floors).toEqual([40, 220, 1]);
});
