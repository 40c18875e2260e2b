import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { silentLogger } from '../../src/core/log.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { importOptions, importPictures } from '../../src/curate/index.ts';
import { createTransform } from '../../src/curate/transforms/index.ts';
import { goOnJudging, judgeOptions, trainingJudge } from '../../src/eval/index.ts';
import { curveGroups } from '../../src/eval/report/curves.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { imagesInMemory, type JudgedGenerator } from '../../src/train/index.ts';
import { drawnSuns } from '../support/drawn-suns.ts';
import { writePictures } from './tiny-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const workspace = openWorkspace(folder);
const SIZE = 16;

async function openJudge(options: object, log = silentLogger, { data = '', count = 32 } = {}) {
  const suns = drawnSuns('train', count, SIZE);
  const images = imagesInMemory({
    name: 'drawn',
    resolution: SIZE,
    channels: 1,
    hash: 'of-drawn-suns',
    transforms: [createTransform('log1p', '193').record],
    simulated: true,
    values: await suns.read(Array.from({ length: count }, (_, i) => i)),
  });
  return trainingJudge(judgeOptions.parse(options), workspace, quietEffects({ log }))?.({ data, images });
}

/** The same suns with noise: worse the more of it. */
function generator(noise: number, resolution = SIZE): JudgedGenerator {
  const random = createRandom('noise');
  return {
    resolution,
    channels: 1,
    async sample(seeds) {
      const suns = await drawnSuns('test', seeds.length, resolution).read(seeds.map((_, i) => i));
      return suns.map((value) => Math.min(1, Math.max(0, value + noise * random.normal())));
    },
  };
}

describe('the judge of a training', () => {
  it('is none unless asked for', async () => {
    expect(await openJudge({})).toBeUndefined();
    expect(await openJudge({ judgeTicks: 3 })).toMatchObject({ everyTicks: 3, best: undefined });
    expect(await openJudge({ earlyStop: 5 })).toMatchObject({ everyTicks: 1, best: 'swd', earlyStop: 5 });
  });

  it('gives equal scores to equal generators and worse ones to worse', async () => {
    const judge = (await openJudge({ best: 'swd', judgeCount: 32 }))!;
    const [good, again, bad] = [
      await judge.score(generator(0)),
      await judge.score(generator(0)),
      await judge.score(generator(0.2)),
    ];
    expect(again).toEqual(good);
    expect(bad['swd']).toBeGreaterThan(2 * good['swd']);
    expect(bad['ms-ssim-gap']).toBeGreaterThan(good['ms-ssim-gap']);
    expect(good['ms-ssim-reals']).toBe(bad['ms-ssim-reals']);
  });

  it('leaves out what a growing generator is still too small for, and says so once', async () => {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const judge = (await openJudge({ best: 'swd', judgeCount: 8 }, { ...silentLogger, warn }))!;
    for (const side of [8, 8, SIZE]) {
      const scores = await judge.score(generator(0, side));
      expect(Object.keys(scores)).toHaveLength(side === 8 ? 0 : 4);
    }
    expect(warnings).toEqual([expect.stringContaining("pictures of 8 pixels have no score 'swd'")]);
  });

  it('of a resumed run changes in what is asked for only', () => {
    const before = judgeOptions.parse({ judgeTicks: 2, judgeCount: 64, best: 'flux', earlyStop: 5 });
    const asked = judgeOptions.parse({ earlyStop: 0, best: undefined });
    expect(goOnJudging(asked, before)).toEqual({ ...before, earlyStop: 0 });
    expect(goOnJudging(asked, undefined)).toEqual({ earlyStop: 0 });
  });

  it('has no pairs of one picture, so no score of them', async () => {
    const judge = (await openJudge({ judgeTicks: 1, judgeCount: 8 }, silentLogger, { count: 1 }))!;
    expect(Object.keys(await judge.score(generator(0)))).toEqual(['swd']);
  });

  it('says that it judges by training images where nothing else is there', async () => {
    const pictures = join(folder, 'pictures');
    await writePictures(pictures, drawnSuns('train', 2, SIZE));
    const options = importOptions.parse({ path: pictures, name: 'few' });
    await importPictures(options, { workspace, effects: quietEffects() });
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    await openJudge({ best: 'swd' }, { ...silentLogger, warn }, { data: 'few' });
    expect(warnings).toEqual([expect.stringContaining('the train split stands in for it')]);
  });

  it('gives no score to pictures that are no numbers, and says so', async () => {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const judge = (await openJudge({ best: 'swd', judgeCount: 8 }, { ...silentLogger, warn }))!;
    const { sample, ...shape } = generator(0);
    const broken = {
      ...shape,
      sample: async (seeds: readonly number[]) => (await sample(seeds)).fill(Number.NaN, 0, 9),
    };
    const scores = await judge.score(broken);
    expect(scores).toEqual({ notFinite: 1 / 8 });
    expect(warnings).toEqual([expect.stringContaining('1 of 8 generated pictures')]);
  });

  it('has charts in the report', () => {
    const stats = [{ kimg: 1, swd: 5, 'ms-ssim': 0.5, 'ms-ssim-reals': 0.3, flux: 0.1 }];
    const titles = curveGroups(stats).map(({ title }) => title);
    expect(titles).toEqual(['SWD', 'MS-SSIM of pairs', 'Solar quantities']);
  });
});
