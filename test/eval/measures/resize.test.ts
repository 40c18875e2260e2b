import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import {
  type ColourPlanes,
  resizeBicubic,
  resizeBilinear,
  resizeTensorflow1,
} from '../../../src/eval/measures/resize.ts';
import { formulaImage, type ImageKind, toPlanes } from '../../support/formula-images.ts';
import { describeWithGolden } from '../../support/golden.ts';

const SIZE = 299;

function formulaPlanes(kind: ImageKind, width: number, height: number, seed: number): ColourPlanes {
  return {
    channels: 3,
    width,
    height,
    data: toPlanes(formulaImage(kind, width, height, seed), width, height),
  };
}

function largest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0);
}

describeWithGolden('resizing against the originals', (golden) => {
  it('bicubic agrees with clean-fid on formula pictures', () => {
    const cases: [ImageKind, number, number, number, string][] = [
      ['blocks', 64, 64, 1061, 'E_resize_formula0_rgb.bin'],
      ['spots', 512, 400, 1062, 'E_resize_formula1_red.bin'],
      ['stripes', 300, 298, 1063, 'E_resize_formula2_red.bin'],
    ];
    for (const [kind, width, height, seed, file] of cases) {
      const { data } = resizeBicubic(formulaPlanes(kind, width, height, seed), SIZE, SIZE);
      const stored = golden.float32(file);
      // Stored as [y][x][c] where it has colours.
      const channels = stored.length / (SIZE * SIZE);
      const planes = Float32Array.from({ length: stored.length }, (_, i) => {
        const [c, pixel] = [Math.floor(i / (SIZE * SIZE)), i % (SIZE * SIZE)];
        return stored[pixel * channels + c];
      });
      expect(largest(data.subarray(0, planes.length), planes)).toBeLessThan(1e-3);
    }
  });

  it('bicubic agrees with clean-fid on real frames', async () => {
    const names = ['20170101_222517', '20170102_205517', '20170103_192641', '20170104_175553'];
    for (const [index, name] of names.entries()) {
      const png = join(golden.folder, `${name}_1024_0193_c256.png`);
      const pixels = await sharp(png).toColourspace('b-w').raw().toBuffer();
      const planes = { channels: 1, width: 256, height: 256, data: Float32Array.from(pixels) };
      const { data } = resizeBicubic(planes, SIZE, SIZE);
      expect(largest(data, golden.float32(`E_resize_real${index}.bin`))).toBeLessThan(1e-3);
    }
  });

  it('bilinear agrees with the input that pytorch-fid gives to its network', () => {
    const planes = formulaPlanes('blocks', 128, 128, 1004);
    const { data } = resizeBilinear(
      { ...planes, data: planes.data.map((v) => Math.fround(v / 255)) },
      SIZE,
      SIZE,
    );
    const own = data.map((v) => 2 * v - 1);
    expect(largest(own, golden.float32('A_input_299.bin'))).toBeLessThan(2e-6);
  });
});

it('keeps a picture of the same size, and a constant one at any size', () => {
  const noise = formulaPlanes('noise', 20, 20, 5);
  for (const resize of [resizeBilinear, resizeTensorflow1, resizeBicubic]) {
    expect(largest(resize(noise, 20, 20).data, noise.data)).toBeLessThan(1e-4);
    const flat = { channels: 1, width: 13, height: 9, data: new Float32Array(117).fill(77) };
    expect(largest(resize(flat, 31, 5).data, new Float32Array(155).fill(77))).toBeLessThan(1e-4);
  }
});

it('TensorFlow 1 puts its samples at the corners', () => {
  const ramp = { channels: 1, width: 4, height: 1, data: Float32Array.of(0, 1, 2, 3) };
  expect([...resizeTensorflow1(ramp, 8, 1).data]).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3]);
  expect([...resizeBilinear(ramp, 8, 1).data]).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
});
