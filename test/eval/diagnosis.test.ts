import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { compareSets } from '../../src/eval/compare.ts';
import { diagnose } from '../../src/eval/diagnosis.ts';
import { type ImageSet, subset } from '../../src/eval/image-set.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { drawnSuns } from '../support/drawn-suns.ts';
import { sampleSummary } from './report/sample-model.ts';

const SIZE = 32;
const training = drawnSuns('train', 80, SIZE);
const random = createRandom(2);

async function faultsOf(fake: ImageSet): Promise<string[]> {
  const { results, warnings } = await compareSets(
    {
      real: drawnSuns('test', 48, SIZE),
      otherReals: training,
      training,
      fake,
      metrics: ['ms-ssim', 'solar', 'memorisation'],
      count: 48,
      seed: 1,
      settings: { ssimPairs: 300 },
      linear: (values) => values.map((y) => 16384 ** y - 1),
    },
    quietEffects(),
  );
  return diagnose({ ...sampleSummary(), results, warnings }).map(({ fault }) => fault);
}

const changed = (set: ImageSet, change: (pictures: Float32Array) => Float32Array): ImageSet => ({
  ...set,
  read: async (indices) => change(await set.read(indices)),
});

/** 5x5 means. */
function blur(pictures: Float32Array): Float32Array {
  return pictures.map((_, i) => {
    const [x, y, n] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / (SIZE * SIZE))];
    let [sum, count] = [0, 0];
    for (let v = Math.max(0, y - 2); v <= Math.min(SIZE - 1, y + 2); v++) {
      for (let u = Math.max(0, x - 2); u <= Math.min(SIZE - 1, x + 2); u++) {
        sum += pictures[(n * SIZE + v) * SIZE + u];
        count++;
      }
    }
    return sum / count;
  });
}

describe('generators with a fault made on purpose', () => {
  it('a good one is accused of nothing', async () => {
    expect(await faultsOf(drawnSuns('other', 48, SIZE))).toEqual([]);
  });

  it('a collapsed one has little variety', async () => {
    expect(await faultsOf(subset(drawnSuns('other', 1, SIZE), Array(48).fill(0)))).toContain(
      'little variety',
    );
  });

  it('a blurred one is blurred', async () => {
    expect(await faultsOf(changed(drawnSuns('other', 48, SIZE), blur))).toContain('blurred');
  });

  it('a noisy one is noisy', async () => {
    const noisy = changed(drawnSuns('other', 48, SIZE), (p) => p.map((v) => v + 0.08 * random.normal()));
    expect(await faultsOf(noisy)).toContain('noisy');
  });

  it('a memorising one repeats training frames', async () => {
    const copies = changed(training, (p) => p.map((v) => v + 0.005 * random.normal()));
    expect(await faultsOf(copies)).toContain('repeats training frames');
  });

  it('a dim one has the wrong brightness', async () => {
    expect(await faultsOf(changed(drawnSuns('other', 48, SIZE), (p) => p.map((v) => 0.9 * v)))).toContain(
      'wrong brightness',
    );
  });
});
