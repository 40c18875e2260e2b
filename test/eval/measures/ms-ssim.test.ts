import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { msSsim, type SquarePicture, similarityPerScale } from '../../../src/eval/measures/ms-ssim.ts';
import { formulaImage, formulaWord, toPlanes } from '../../support/formula-images.ts';
import { describeWithGolden } from '../../support/golden.ts';

const SEED = 1051;

function picture(bytes: Uint8Array, size: number, channels = 3): SquarePicture {
  return { size, channels, data: toPlanes(bytes, size, size, channels) };
}

function withNoise(bytes: Uint8Array, mask: number, stream: number): Uint8Array {
  return bytes.map((value, i) =>
    Math.min(255, Math.max(0, value + (formulaWord(stream, i) & mask) - (mask >> 1))),
  );
}

const base = formulaImage('blocks', 256, 256, SEED);
const other = formulaImage('blocks', 256, 256, SEED + 3);
const small = formulaImage('blocks', 64, 64, SEED + 9);

describe('MS-SSIM against PG-GAN (float64) on pictures made by formula', () => {
  const cases: [string, Uint8Array, Uint8Array, number, number][] = [
    ['noise', base, withNoise(base, 31, SEED + 1), 256, 0.9834595609710567],
    ['contrast', base, base.map((v) => Math.floor((v * 3) / 4) + 40), 256, 0.9623474033892766],
    ['negative', base, base.map((v) => 255 - v), 256, 0],
    ['mixture', base, base.map((v, i) => Math.floor((3 * v + other[i]) / 4)), 256, 0.9099234340193362],
    ['64 pixels', small, withNoise(small, 63, SEED + 10), 64, 0.9435316740232815],
  ];
  for (const [name, a, b, size, expected] of cases) {
    it(name, () =>
      expect(Math.abs(msSsim(picture(a, size), picture(b, size)) - expected)).toBeLessThan(1e-8),
    );
  }

  it('is 1 for identical pictures, at the smallest size too', () => {
    const tiny = picture(formulaImage('noise', 16, 16, 1), 16);
    expect(msSsim(tiny, tiny)).toBeCloseTo(1, 12);
    expect(similarityPerScale(tiny, tiny)).toHaveLength(5);
  });
});

describeWithGolden('MS-SSIM against PG-GAN on real frames', (golden) => {
  const { pairs } = golden.json<{
    pairs: { ms_ssim_float64: number; per_scale_ssim_cs_float64: [number, number][] }[];
  }>('D.json');
  const real = async (name: string) => {
    const { data } = await sharp(join(golden.folder, name))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return new Uint8Array(data);
  };

  it('agrees per scale', async () => {
    const first = await real('20170101_222517_1024_0193_c256.png');
    const second = await real('20170102_205517_1024_0193_c256.png');
    const third = await real('20170103_192641_1024_0193_c256.png');
    const mean = first.map((v, i) => (v + second[i]) >> 1);
    const shifted = third.map((_, i) => third[i % 256 === 0 ? i : i - 1]);
    const cases: [number, Uint8Array, Uint8Array][] = [
      [4, first, mean],
      [5, third, shifted],
      [7, first, second],
    ];
    for (const [index, a, b] of cases) {
      const [x, y] = [picture(a, 256, 1), picture(b, 256, 1)];
      expect(Math.abs(msSsim(x, y) - pairs[index].ms_ssim_float64)).toBeLessThan(1e-8);
      similarityPerScale(x, y).forEach(({ ssim, contrast }, scale) => {
        const [ssimGolden, contrastGolden] = pairs[index].per_scale_ssim_cs_float64[scale];
        expect(Math.abs(ssim - ssimGolden)).toBeLessThan(1e-8);
        expect(Math.abs(contrast - contrastGolden)).toBeLessThan(1e-8);
      });
    }
  });
});
