import { expect, it } from 'vitest';
import { columnTransport, createGridScratch } from '../../../src/eval/measures/column-transport.ts';
import { laplacianPyramid, type Planes, pyramidUp } from '../../../src/eval/measures/laplacian.ts';
import { sortFloats } from '../../../src/eval/measures/sort.ts';
import {
  copyDescriptors,
  drawDirections,
  drawPatchCentres,
  normaliseDescriptors,
  projectByLoop,
  slicedDistance,
  sortedDifference,
  swdLevels,
} from '../../../src/eval/measures/swd.ts';
import { createProjector, createSlicedEngine } from '../../../src/eval/sliced/index.ts';
import { createRandom, type Random } from '../../../src/numeric/random.ts';
import { blockFormula } from '../../support/formula-images.ts';
import { describeWithGolden } from '../../support/golden.ts';

interface GoldenSet {
  seed: number;
  masks: number[];
}

function goldenPlanes(set: GoldenSet, images: number): Planes {
  const size = 128;
  const data = new Float32Array(images * 3 * size * size);
  for (let n = 0; n < images; n++) {
    const value = blockFormula(set.seed, n, set.masks);
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) data[((n * 3 + c) * size + y) * size + x] = value(y, x, c);
      }
    }
  }
  return { size, count: images * 3, data };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

describeWithGolden('sliced Wasserstein distance against PG-GAN', (golden) => {
  const expected = golden.json<{
    sets: { A: GoldenSet; B: GoldenSet };
    own_recomputation_in_float64: number[];
    swd_x1e3: Record<string, number>;
  }>('C.json');

  it('agrees on the pyramid, the descriptors and the distance of every level', async () => {
    const engine = await createSlicedEngine();
    const sets = [expected.sets.A, expected.sets.B];
    const pyramids = sets.map((set) => laplacianPyramid(goldenPlanes(set, 64), 4));
    const positions = golden.bytes('C_positions.bin');
    const directions = golden.float32('C_directions.bin');
    const rawGolden = golden.float32('C_desc_raw.bin');
    const normalGolden = golden.float32('C_desc_norm.bin');
    const perSet = 64 * 128;

    for (const [level, size] of [128, 64, 32, 16].entries()) {
      const first = pyramids[0][level];
      expect(first.size).toBe(size);
      const stored = golden.float32(`C_pyramid_${size}.bin`);
      expect(largestDifference(first.data.subarray(0, stored.length), stored)).toBeLessThan(1e-3);

      const descriptors = sets.map((_, set) => {
        const at = (axis: number) => ((set * 4 + level) * 2 + axis) * perSet;
        const centres = {
          x: Uint16Array.from(positions.subarray(at(0), at(0) + perSet)),
          y: Uint16Array.from(positions.subarray(at(1), at(1) + perSet)),
        };
        const target = new Float32Array(perSet * 147);
        copyDescriptors(pyramids[set][level], 3, centres, target, 0);
        const offset = (set * 4 + level) * 4 * 147;
        expect(largestDifference(target, rawGolden.subarray(offset, offset + 588))).toBeLessThan(1e-3);
        normaliseDescriptors(target, 3);
        expect(largestDifference(target, normalGolden.subarray(offset, offset + 588))).toBeLessThan(1e-3);
        return target;
      });
      let sum = 0;
      for (let repeat = 0; repeat < 4; repeat++) {
        const start = (level * 4 + repeat) * 147 * 128;
        const drawn = directions.subarray(start, start + 147 * 128);
        sum += await slicedDistance(descriptors[0], descriptors[1], drawn, 147, engine);
      }
      const distance = (1000 * sum) / 4;
      expect(Math.abs(distance / expected.swd_x1e3[`SWDx1e3_${size}`] - 1)).toBeLessThan(1e-4);
      expect(Math.abs(distance / expected.own_recomputation_in_float64[level] - 1)).toBeLessThan(2e-5);
    }
    await engine.close();
  });
});

it('names the levels from the full size down to 16', () => {
  expect(swdLevels(128)).toEqual([128, 64, 32, 16]);
  expect(swdLevels(32)).toEqual([32, 16]);
  expect(swdLevels(8)).toEqual([]);
  expect(swdLevels(48)).toEqual([48, 24]);
});

it('rebuilds the picture from its pyramid', () => {
  const random = createRandom(3);
  const planes = {
    size: 32,
    count: 2,
    data: Float32Array.from({ length: 2048 }, () => random.uniform() * 255),
  };
  const [fine, coarse] = laplacianPyramid(planes, 2);
  const up = pyramidUp(coarse);
  expect(
    largestDifference(
      fine.data.map((value, i) => value + up.data[i]),
      planes.data,
    ),
  ).toBeLessThan(1e-4);
});

it('keeps a flat picture flat: all but the last level are zero', () => {
  const pyramid = laplacianPyramid({ size: 64, count: 1, data: new Float32Array(4096).fill(17) }, 3);
  expect(largestDifference(pyramid[0].data, new Float32Array(4096))).toBeLessThan(1e-5);
  expect(pyramid[2].data.every((value) => Math.abs(value - 17) < 1e-5)).toBe(true);
});

it('sorts floats of any sign like the engine does', () => {
  const random = createRandom(11);
  const values = Float32Array.from({ length: 5000 }, (_, i) =>
    i % 7 === 0 ? 0 : random.normal() * 10 ** random.int(30),
  );
  values[3] = -0;
  values[4] = Number.NEGATIVE_INFINITY;
  const expected = values.slice().sort();
  sortFloats(values);
  expect(values).toEqual(expected);
});

it.each([
  ['normal', 5e-5, (random: Random) => random.normal()],
  ['with heavy tails', 2e-4, (random: Random) => random.normal() ** 5],
  ['of few values', 5e-4, (random: Random) => random.int(5)],
  ['nearly constant', 1e-4, (random: Random) => 1000 + (random.int(100) === 0 ? random.normal() : 0)],
])('compares long columns, %s, without sorting as by sorting', (name, tolerance, draw) => {
  const count = 20_000;
  const random = createRandom(name);
  const a = Float32Array.from({ length: count }, () => draw(random));
  const b = Float32Array.from({ length: count }, () => 1.02 * draw(random) + 0.01);
  const fast = columnTransport(a, b, createGridScratch(count));
  const exact = sortedDifference(count)(a, b);
  expect(Math.abs(fast / exact - 1), `${fast} for ${exact}`).toBeLessThan(tolerance);
});

it('is no number where a value is none, and leaves the grid clean for the next column', () => {
  const count = 2 ** 15;
  const column = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
  const scratch = createGridScratch(count);
  expect(columnTransport(column.with(7, Number.NaN), column, scratch)).toBeNaN();
  expect(columnTransport(column, new Float32Array(count).fill(Number.NaN), scratch)).toBeNaN();
  expect(columnTransport(column, column, scratch)).toBe(0);
});

it('draws unit directions and patches that stay inside', () => {
  const random = createRandom(5);
  const directions = drawDirections(random, 49, 8);
  for (let column = 0; column < 8; column++) {
    let squares = 0;
    for (let row = 0; row < 49; row++) squares += directions[row * 8 + column] ** 2;
    expect(squares).toBeCloseTo(1, 5);
  }
  const centres = drawPatchCentres(random, 4, 16);
  expect(Math.min(...centres.x)).toBe(3);
  expect(Math.max(...centres.y)).toBe(12);
});

it('projects by the engine as by the loop', async () => {
  const random = createRandom(12);
  const descriptors = Float32Array.from({ length: 49 * 30 }, () => random.normal());
  const directions = drawDirections(random, 49, 5);
  const projector = await createProjector();
  const fast = await projector.project(descriptors, directions, 49);
  await projector.close();
  expect(fast.length).toBe(150);
  expect(largestDifference(fast, await projectByLoop(descriptors, directions, 49))).toBeLessThan(1e-5);
});
