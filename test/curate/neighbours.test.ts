/** Frames that only the others of the set give away: copies under another time, turned pictures. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions } from '../../src/curate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { addPixels, drawSun, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

const SIZE = 256;
const slotOf = (i: number) => new Date(Date.UTC(2017, 0, 1, 6 * i)).toISOString().replace('.000Z', 'Z');
const pixelsOf = (seed: number) => Int32Array.from(drawSun(SIZE, seed), (value) => Math.round(value * 16));

function add(i: number, pixels: Int32Array, header = {}): void {
  addPixels(workspace, { slot: slotOf(i), size: SIZE, header }, pixels);
}

function striped(pixels: Int32Array): Int32Array {
  return pixels.map((value, at) => value + (Math.floor(at / SIZE) % 2 === 0 ? 16 * 90 : 0));
}

/** The failed rules of every frame, by place. */
async function judged(): Promise<string[]> {
  await curate(curateOptions.parse({}), { workspace, effects: quietEffects() });
  const catalog = openCatalog(workspace.catalog);
  const verdicts = [...catalog.verdicts('aia-193')];
  catalog.close();
  return verdicts.map(({ scores }) =>
    scores
      .filter(({ passed }) => !passed)
      .map(({ rule }) => rule)
      .join(),
  );
}

test('copies, turned and striped frames are rejected, in one run or in several', async () => {
  const upsideDown = pixelsOf(5).reverse();
  const frames: [Int32Array, string][] = [
    [pixelsOf(1), ''],
    [pixelsOf(2), ''],
    [pixelsOf(3), ''],
    // Another exposure in the header, the same picture.
    [pixelsOf(2), 'copy'],
    [pixelsOf(4), ''],
    [upsideDown, 'roll'],
    [striped(pixelsOf(6)), 'stripes'],
    [pixelsOf(7), ''],
    [pixelsOf(1), 'copy'],
  ];
  const wanted = frames.map(([, rules]) => rules);
  const addFrames = (from: number, to: number) =>
    frames.slice(from, to).forEach(([pixels], i) => {
      add(from + i, pixels, from + i === 3 ? { EXPTIME: 2.000302 } : {});
    });
  addFrames(0, 5);
  expect(await judged()).toEqual(wanted.slice(0, 5));
  // The next run reads what it compares with from the dataset.
  addFrames(5, frames.length);
  expect(await judged()).toEqual(wanted);
});

test.each(['log', 'linear', 'sqrt', 'asinh', 'signed-log'])(
  '%s: faint pictures are compared as their logarithms are',
  async (transform) => {
    const sun = drawSun(64, 1, 0.01);
    const faint = (seed: number) => {
      const noise = createRandom(seed);
      return Int32Array.from(sun, (value) => Math.round((value + 0.8 * noise.normal()) * 16));
    };
    const header = { WAVELNTH: 94, EXPTIME: 2.9, AIMGSHCE: 2900 };
    const pictures = [1, 2, 3, 2, 4];
    pictures.forEach((seed, i) => {
      addPixels(workspace, { slot: slotOf(i), size: 64, header }, faint(seed));
    });
    await curate(curateOptions.parse({ wavelength: 94, transform }), { workspace, effects: quietEffects() });
    const catalog = openCatalog(workspace.catalog);
    const verdicts = [...catalog.verdicts('aia-94')];
    catalog.close();
    const failed = verdicts.map(({ scores }) =>
      scores.filter(({ passed }) => !passed).map(({ rule }) => rule),
    );
    expect(failed).toEqual([[], [], [], ['copy'], []]);
  },
);
