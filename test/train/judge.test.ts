/** Scores during training: lines, the best checkpoint, an early end; and styles from the door of a trained generator. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import {
  generate,
  generateOptions,
  type Judge,
  type OpenJudge,
  openGenerator,
  openRun,
  train,
} from '../../src/train/index.ts';
import { diskImages, temporaryWorkspace, tinyOptions } from './support.ts';

const { workspace, remove } = temporaryWorkspace();
afterAll(remove);
const effects = quietEffects();
const images = () => diskImages(24, 8);

/** Says what it is told to, one value a judgement; it does look at pictures. */
function scripted(values: readonly number[], wishes: Partial<Judge> = {}): OpenJudge {
  const queue = [...values];
  return async () => ({
    everyTicks: 1,
    best: 'swd',
    earlyStop: 0,
    async score(generator) {
      await generator.sample([100, 101, 102, 103, 104]);
      return { swd: queue.shift()! };
    },
    ...wishes,
  });
}

const hashes = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]);

describe('a judge', () => {
  it('adds lines, keeps the best checkpoint by name, and changes nothing of what is learnt', async () => {
    const plain = await train(tinyOptions({ name: 'plain' }), { workspace, effects, images: images() });
    const context = { workspace, effects, images: images(), judge: scripted([5, 3, 4, 6]) };
    const judged = await train(tinyOptions({ name: 'judged' }), context);
    const run = await openRun(judged.directory);
    expect(run.stats.map((line) => line['swd'])).toEqual([5, 3, 4, 6]);
    expect(hashes(join(judged.directory, 'checkpoints'))).toEqual(
      hashes(join(plain.directory, 'checkpoints')),
    );
    const best = readdirSync(join(judged.directory, 'best-swd'));
    expect(best).toEqual(['00000006.safetensors']);
    const generator = await openGenerator(judged.directory, { checkpoint: 'best-swd' });
    expect(generator.seenImages).toBe(24);
    await generator.close();
    await expect(openGenerator(judged.directory, { checkpoint: 'best-fid' })).rejects.toThrow('best-fid');
  });

  it('ends a run whose scores get no better, also one that is resumed', async () => {
    const judge = scripted([5, 6, 7, 8], { earlyStop: 2 });
    const first = await train(tinyOptions({ name: 'early' }), {
      workspace,
      effects,
      images: images(),
      judge,
    });
    expect(first).toMatchObject({ finished: 'early-stop', images: 36 });
    const resumed = tinyOptions({ resume: first.directory, kimg: undefined });
    const again = { workspace, effects, images: images(), judge: scripted([], { earlyStop: 2 }) };
    expect(await train(resumed, again)).toMatchObject({ finished: 'early-stop', images: 36 });
    const patient = { workspace, effects, images: images(), judge: scripted([4], { earlyStop: 3 }) };
    expect(await train(resumed, patient)).toMatchObject({ finished: 'kimg', images: 48 });
    expect(readdirSync(join(first.directory, 'best-swd'))).toEqual(['00000012.safetensors']);
  });
});

it('a score that is no number is no best one, and ends nothing', async () => {
  const judge = scripted([Number.NaN, 3, Number.NaN, Number.NaN], { earlyStop: 1 });
  const options = tinyOptions({ name: 'no-number' });
  const result = await train(options, { workspace, effects, images: images(), judge });
  expect(result.finished).toBe('kimg');
  expect(readdirSync(join(result.directory, 'best-swd'))).toEqual(['00000006.safetensors']);
});

describe('a judge of a growing network', () => {
  it('holds no score against those of smaller images, and ends no run before it has grown', async () => {
    const options = tinyOptions({
      name: 'growing',
      architecture: 'pggan',
      resolution: 16,
      growBatches: [4],
      holdKimg: 0.012,
      fadeKimg: 0.006,
      pathWeight: 0,
      styleMixing: 0,
      kimg: 0.06,
    });
    const judge = scripted([1, 5, 9, 10, 11], { earlyStop: 1 });
    const result = await train(options, { workspace, effects, images: diskImages(24, 16), judge });
    const { stats } = await openRun(result.directory);
    expect(stats.map(({ side }) => side)).toEqual([4, 8, 16, 16]);
    expect(result).toMatchObject({ finished: 'early-stop', images: 48 });
    expect(readdirSync(join(result.directory, 'best-swd'))).toEqual(['00000009.safetensors']);
  });
});

describe('styles', () => {
  it('synthesised are what the seeds give, with truncation and without', async () => {
    const generator = await openGenerator(join(workspace.runs, '0001-plain'), { batch: 2 });
    const seeds = [3, 1, 4];
    for (const truncation of [1, 0.5]) {
      const styles = await generator.styles(seeds, { truncation });
      expect(styles).toHaveLength(3 * generator.styleSize);
      const made = await generator.synthesise(styles, seeds);
      const direct = await generator.generate(seeds, { truncation });
      expect(Math.max(...made.map((value, i) => Math.abs(value - direct[i]!)))).toBeLessThan(1e-5);
    }
    await generator.close();
  });

  it('may be changed on the way to pictures, which say so', async () => {
    const options = (out: string) =>
      generateOptions.parse({ run: '1', count: 2, out: join(workspace.root, out) });
    const restyling = {
      description: 'all styles 0',
      prepare: async () => (w: Float32Array) => w.map(() => 0),
    };
    await generate(options('as-learnt'), { workspace, effects });
    await generate(options('changed'), { workspace, effects, restyling });
    const file = (out: string) => readFileSync(join(workspace.root, out, 'seed00000001.png'));
    expect(file('changed').equals(file('as-learnt'))).toBe(false);
    expect(file('changed').includes('all styles 0')).toBe(true);
  });
});
