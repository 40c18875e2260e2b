import { expect, test } from 'vitest';
import { createRandom, fft, powerSpectrum2d, radialPower } from '../../src/numeric/index.ts';

test('agrees with the defining sum', () => {
  const n = 16;
  const random = createRandom(1);
  const input = Array.from({ length: n }, () => [random.normal(), random.normal()] as const);
  const real = Float64Array.from(input, ([value]) => value);
  const imaginary = Float64Array.from(input, ([, value]) => value);
  fft(real, imaginary);
  for (let k = 0; k < n; k++) {
    let re = 0;
    let im = 0;
    input.forEach(([a, b], i) => {
      const angle = (-2 * Math.PI * k * i) / n;
      re += a * Math.cos(angle) - b * Math.sin(angle);
      im += a * Math.sin(angle) + b * Math.cos(angle);
    });
    expect(real[k]).toBeCloseTo(re, 10);
    expect(imaginary[k]).toBeCloseTo(im, 10);
  }
});

test('a wave of five cycles has its power in ring five', () => {
  const size = 32;
  const picture = Float32Array.from({ length: size * size }, (_, i) =>
    Math.cos((2 * Math.PI * 5 * (i % size)) / size),
  );
  const power = radialPower(powerSpectrum2d(picture, size), size);
  expect(power.indexOf(Math.max(...power))).toBe(5);
});

test('refuses lengths that are no power of two', () => {
  expect(() => fft(new Float64Array(12), new Float64Array(12))).toThrow('power of two');
});

test('one value is its own transform; parts and sides that do not fit are refused', () => {
  const [real, imaginary] = [Float64Array.of(3), Float64Array.of(-1)];
  fft(real, imaginary);
  expect([real[0], imaginary[0]]).toEqual([3, -1]);
  expect(() => fft(new Float64Array(4), new Float64Array(2))).toThrow('4 real and 2 imaginary');
  expect(() => powerSpectrum2d([1, 2, 3], 2)).toThrow('3 pixels');
  expect(() => powerSpectrum2d([1, 2, 3, 4, 5], 2)).toThrow('5 pixels');
});
