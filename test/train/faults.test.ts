/** Kills, damage and contradictions at the worst moments: the next call must go on exactly, or say what to do. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import {
  imagesInMemory,
  openGenerator,
  planTraining,
  recordedJudge,
  type TrainingImages,
  type TrainOptions,
  train,
  trainOptions,
} from '../../src/train/index.ts';
import { diskImages, tinyOptions, workspaceOfTest } from './support.ts';

/** Images whose reading fails after so many batches of four: what a kill leaves, but in this process. */
function failingAfter(batches: number): TrainingImages {
  const images = diskImages(24, 8);
  let read = 0;
  return {
    ...images,
    async read(positions, side) {
      if (positions.length === 4 && ++read > batches) throw new Error('killed');
      return images.read(positions, side);
    },
  };
}

const context = (workspace: Workspace, images = diskImages(24, 8)) => ({
  workspace,
  effects: quietEffects(),
  images,
});
const resume = (options: Partial<TrainOptions> = {}) =>
  trainOptions.parse({ resume: 'latest', threads: 2, keep: 0, snapshotTicks: 1, ...options });

function checkpointsOf(directory: string): string[] {
  return readdirSync(join(directory, 'checkpoints'))
    .filter((name) => !name.startsWith('.'))
    .sort();
}

const newest = (directory: string) => join(directory, 'checkpoints', checkpointsOf(directory).at(-1)!);
const optionsOf = (directory: string) => JSON.parse(readFileSync(join(directory, 'options.json'), 'utf8'));

describe('a run that is killed', () => {
  it('before its first checkpoint keeps the weights it was begun with', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ name: 'source' }), context(workspace));
    const whole = tinyOptions({ name: 'whole', from: '1', kimg: 0.024, snapshotTicks: 100 });
    const expected = await train(whole, context(workspace));
    await expect(train({ ...whole, name: 'killed' }, context(workspace, failingAfter(3)))).rejects.toThrow(
      'killed',
    );
    const resumed = await train(resume({ resume: '3' }), context(workspace));
    expect(readFileSync(newest(resumed.directory)).equals(readFileSync(newest(expected.directory)))).toBe(
      true,
    );
  });

  it('after it was made longer is finished at the new length', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ kimg: 0.012 }), context(workspace));
    await expect(train(resume({ kimg: 0.048 }), context(workspace, failingAfter(6)))).rejects.toThrow(
      'killed',
    );
    expect(await train(resume(), context(workspace))).toMatchObject({ images: 48 });
  });
});

describe('a run folder', () => {
  it('loses what a kill left half-written, and nothing else', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    writeFileSync(join(directory, 'checkpoints', '.00000002.safetensors.0badcafe.part'), 'half');
    writeFileSync(join(directory, '.scores.json.0badcafe.part'), 'being written by another command');
    await train(resume(), context(workspace));
    expect(readdirSync(join(directory, 'checkpoints'))).toEqual(['00000001.safetensors']);
    expect(readdirSync(directory)).toContain('.scores.json.0badcafe.part');
  });

  it('that takes no more statistics is told by name', async () => {
    const workspace = workspaceOfTest();
    await expect(train(tinyOptions({ kimg: 0.004 }), context(workspace, failingAfter(0)))).rejects.toThrow(
      'killed',
    );
    const statistics = join(workspace.runs, '0001-demo', 'stats.jsonl');
    const images = diskImages(24, 8);
    const filling: TrainingImages = {
      ...images,
      async read(positions, side) {
        // The tick that follows the first step finds a folder where its file was.
        if (positions.length === 24) {
          rmSync(statistics);
          mkdirSync(statistics);
        }
        return images.read(positions, side);
      },
    };
    let open = 0;
    const progress = () => {
      open++;
      return { advance() {}, done: () => void open-- };
    };
    const effects = quietEffects({ progress });
    for (const images of [filling, diskImages(24, 8)]) {
      const resumed = train(resume(), { workspace, effects, images });
      await expect(resumed).rejects.toMatchObject({ kind: 'io', where: statistics });
    }
    expect(open).toBe(0);
  });
});

describe('a resumed run', () => {
  it('from an older checkpoint replaces what came after it, and keeps that apart', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.016, tickKimg: 0.004 }), context(workspace));
    const later = checkpointsOf(directory).slice(1);
    const from = join(directory, 'checkpoints', '00000001.safetensors');
    const options = resume({ resume: from, keep: 3, newData: true });
    const images = { ...failingAfter(2), hash: 'new' };
    await expect(train(options, context(workspace, images))).rejects.toThrow('killed');
    expect(readdirSync(join(directory, 'replaced', 'checkpoints')).sort()).toEqual(later);
    expect(checkpointsOf(directory).at(-1)).toBe('00000002.safetensors');
  });

  it('finds its data again from any folder', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.004, data: './pictures' }), context(workspace));
    expect(optionsOf(directory).data).toBe(resolve('pictures'));
    await expect(planTraining(resume({ data: 'pictures' }), context(workspace))).resolves.toMatchObject({
      resumes: directory,
    });
  });

  it('does not begin where another training of it has just gone on', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    // What the other one writes, after this one has read the newest checkpoint and before it has the lock.
    const write = () =>
      copyFileSync(newest(directory), join(directory, 'checkpoints', '00000009.safetensors'));
    const log = {
      debug() {},
      info: (text: string) => text.startsWith('run ') && write(),
      warn() {},
      error() {},
    };
    const late = train(resume({ kimg: 0.008 }), { ...context(workspace), effects: quietEffects({ log }) });
    await expect(late).rejects.toMatchObject({ kind: 'io', remedy: expect.stringContaining('again') });
    expect(checkpointsOf(directory)).toContain('00000009.safetensors');
  });

  it('refuses every option that contradicts it, and remembers its engine', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.004, seed: 3 }), context(workspace));
    const plan = (options: Partial<TrainOptions>) => planTraining(resume(options), context(workspace));
    const contradictions = { seed: 4, data: 'other', preset: 'sungan-64', samples: 5, name: 'x', from: '1' };
    for (const [key, value] of Object.entries(contradictions)) {
      await expect(plan({ [key]: value }), key).rejects.toMatchObject({ kind: 'usage' });
    }
    await expect(plan({ seed: 3, name: 'demo' })).resolves.toMatchObject({ resumes: directory });

    const written = { ...optionsOf(directory), engineName: 'tfjs:node', engine: 'TensorFlow' };
    writeFileSync(join(directory, 'options.json'), JSON.stringify(written));
    // Where that engine is installed, it goes on; elsewhere its name is in the error.
    const outcome = await train(resume(), context(workspace)).then(
      () => optionsOf(directory).engineName,
      ({ message }: Error) => message,
    );
    expect(outcome).toContain('tfjs:node');
    await train(resume({ engine: 'ort:cpu' }), context(workspace));
    expect(optionsOf(directory)).toMatchObject({
      engineName: 'ort:cpu',
      engine: expect.stringContaining('cpu'),
    });
  });

  it('keeps its settings, and how it is scored, unless others are given', async () => {
    const workspace = workspaceOfTest();
    const settings = { snapshotTicks: 2, keep: 0, onCollapse: 'warn' as const };
    const begun = { ...context(workspace), judgeRecord: { best: 'swd' } };
    const { directory } = await train(tinyOptions({ kimg: 0.032, tickKimg: 0.004, ...settings }), begun);
    expect(optionsOf(directory)).toMatchObject({ settings, judge: { best: 'swd' } });
    expect(await recordedJudge(workspace, newest(directory))).toEqual({ best: 'swd' });
    const bare = trainOptions.parse({ resume: 'latest', threads: 2, kimg: 0.064 });
    await train(bare, context(workspace));
    expect(checkpointsOf(directory)).toHaveLength(8);
    await train({ ...bare, keep: 3 }, context(workspace));
    expect(checkpointsOf(directory)).toHaveLength(3);
    expect(optionsOf(directory).settings).toEqual({ ...settings, keep: 3 });
  });

  it('says where its record is damaged', async () => {
    const workspace = workspaceOfTest();
    const { directory } = await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const { recipe, ...rest } = optionsOf(directory);
    writeFileSync(
      join(directory, 'options.json'),
      JSON.stringify({ ...rest, recipe: { ...recipe, batch: 'x' } }),
    );
    await expect(planTraining(resume(), context(workspace))).rejects.toMatchObject({
      kind: 'format',
      where: join(directory, 'options.json'),
      message: expect.stringContaining("'batch'"),
    });
  });

  it('does not take images of other channels for its own', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const images = { ...diskImages(24, 8), hash: 'new', channels: 2 };
    await expect(train(resume({ newData: true }), context(workspace, images))).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringContaining('channels 1'),
    });
  });
});

/** From the third tick on (of one batch each), samples seem flat beside reals that vary a thousand times as much. */
function flatFromThirdTick(): TrainingImages {
  const images = diskImages(24, 8);
  let ticks = 0;
  return {
    ...images,
    async read(positions, side) {
      const values = await images.read(positions, side);
      const isMeasured = positions.length === 24;
      return isMeasured && ++ticks > 2 ? values.map((value) => value * 1000) : values;
    },
  };
}

describe('alarms', () => {
  const oneBatchATick = { kimg: 0.032, tickKimg: 0.004, snapshotTicks: 1, averageRampup: 0.05 };

  it('name the last good checkpoint when numbers break down', async () => {
    const workspace = workspaceOfTest();
    const images = diskImages(24, 8);
    let read = 0;
    const breaking: TrainingImages = {
      ...images,
      async read(positions, side) {
        const values = await images.read(positions, side);
        return positions.length === 4 && ++read > 5 ? values.map(() => Number.NaN) : values;
      },
    };
    const error = await train(tinyOptions({ tickKimg: 0.008 }), context(workspace, breaking)).catch((e) => e);
    const directory = join(workspace.runs, '0001-demo');
    expect(error).toMatchObject({ kind: 'data', where: newest(directory) });
    expect(error.remedy).toContain(`--from ${newest(directory)}`);
  });

  it('stop a collapse, with the last good checkpoint kept and named', async () => {
    const workspace = workspaceOfTest();
    const error = await train(tinyOptions(oneBatchATick), context(workspace, flatFromThirdTick())).catch(
      (e) => e,
    );
    const directory = join(workspace.runs, '0001-demo');
    expect(checkpointsOf(directory)).toEqual(['00000001.safetensors', '00000002.safetensors']);
    expect(error).toMatchObject({ message: expect.stringContaining('collapse'), where: newest(directory) });
  });

  it('compare more samples than the one that is shown', async () => {
    const workspace = workspaceOfTest();
    const { lastTick } = await train(tinyOptions({ ...oneBatchATick, samples: 1 }), context(workspace));
    expect(lastTick?.['diversity']).toBeGreaterThan(0);
  });

  it('only say so where that is wanted, and checkpoints go on', async () => {
    const workspace = workspaceOfTest();
    const warnings: string[] = [];
    const log = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} };
    const { directory } = await train(tinyOptions({ ...oneBatchATick, onCollapse: 'warn' }), {
      ...context(workspace, flatFromThirdTick()),
      effects: quietEffects({ log }),
    });
    expect(warnings.filter((text) => text.includes('collapse'))).toHaveLength(1);
    expect(checkpointsOf(directory)).toHaveLength(8);
  });
});

describe('a checkpoint', () => {
  interface Entry {
    dtype: string;
    shape: number[];
    data_offsets: [number, number];
  }
  type Header = Record<string, Entry | Record<string, string> | null>;

  function parse(file: Buffer): { header: Header; data: Buffer } {
    const begin = 8 + Number(file.readBigUInt64LE(0));
    return { header: JSON.parse(file.toString('utf8', 8, begin)), data: file.subarray(begin) };
  }

  function format(header: object, data: Buffer): Buffer {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, data]);
  }

  it('that is not whole, or more than whole, is refused by name with a remedy', async () => {
    const workspace = workspaceOfTest();
    const { directory, checkpoint } = await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const file = readFileSync(checkpoint);
    const { header, data } = parse(file);
    const first = 'generator/average/synthesis.start';
    const { [first]: entry, __metadata__: metadata, ...others } = header as Record<string, Entry>;
    const withEntry = (change: object | null) =>
      format({ ...header, [first]: change && { ...entry, ...change } }, data);
    const withFacts = (change: object) =>
      format({ ...header, __metadata__: { ...metadata, ...change } }, data);
    const notNumber = Buffer.from(data);
    notNumber.writeFloatLE(Number.NaN, entry!.data_offsets[0]);
    const damaged: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'cut off': file.subarray(0, -10),
      overlong: Buffer.concat([file, Buffer.alloc(100)]),
      'a page': Buffer.from('<html><body>no such file</body></html>'),
      'a list': format([1, 2], data),
      'half precision': withEntry({ dtype: 'F16' }),
      'no shape': withEntry({ shape: undefined }),
      'negative shape': withEntry({ shape: [-1, -entry!.shape[1]!, 4, 4] }),
      'no entry': withEntry(null),
      'a tensor less': format({ ...others, __metadata__: metadata }, data),
      'not a number': format(header, notNumber),
      'no counters': withFacts({ counters: '{}' }),
      'half facts': withFacts({ dataset: '{' }),
      'of another program': withFacts({ format: 'pt' }),
    };
    for (const [name, bytes] of Object.entries(damaged)) {
      writeFileSync(checkpoint, bytes);
      const error = await openGenerator(directory, { checkpoint }).catch((e) => e);
      expect(error, name).toMatchObject({ kind: 'format', where: checkpoint, remedy: expect.anything() });
    }
    for (const options of [
      { from: '/no/such.safetensors' },
      { resume: join(directory, 'checkpoints/9.safetensors') },
    ]) {
      const error = await train(trainOptions.parse({ ...options, data: 'x' }), context(workspace)).catch(
        (e) => e,
      );
      expect(error, JSON.stringify(options)).toMatchObject({ kind: expect.stringMatching(/io|usage/) });
    }
  });

  it('may have its tensors in any order', async () => {
    const workspace = workspaceOfTest();
    const { directory, checkpoint } = await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const image = async () => {
      const generator = await openGenerator(directory);
      const pixels = await generator.generate([1]);
      await generator.close();
      return pixels;
    };
    const expected = await image();
    const { header, data } = parse(readFileSync(checkpoint));
    const sorted = Object.entries(header).sort(([a], [b]) => (a < b ? 1 : -1));
    writeFileSync(checkpoint, format(Object.fromEntries(sorted), data));
    expect(await image()).toEqual(expected);
  });
});

describe('a batch in parts', () => {
  it('is told to differ from a whole one where it does, whoever asked for the parts', async () => {
    const told = async (options: Partial<TrainOptions>) => {
      const warnings: string[] = [];
      const log = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} };
      await planTraining(tinyOptions({ batch: 8, ...options }), {
        ...context(workspaceOfTest()),
        effects: quietEffects({ log }),
      });
      return warnings.join();
    };
    expect(await told({ atOnce: [4] })).toBe('');
    expect(await told({ atOnce: [2] })).toContain('groups of 2 images instead of 4');
    expect(await told({ atOnce: [4], loss: 'relativistic' })).toContain('average is taken over 4');
    expect(await told({ memory: 0.001 })).toMatch(/do not fit .* GB of memory: 1 at a time/);
  });
});

describe('a run that begins with the weights of another', () => {
  it('of another architecture is refused', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const options = tinyOptions({
      from: '1',
      architecture: 'pggan',
      loss: 'wasserstein',
      r1Gamma: 0,
      pathWeight: 0,
    });
    await expect(train(options, context(workspace))).rejects.toMatchObject({ kind: 'usage' });
    expect(readdirSync(workspace.runs).filter((name) => !name.startsWith('.'))).toEqual(['0001-demo']);
  });

  it('adapts faster, and says when its images have another transform', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const warnings: string[] = [];
    const log = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} };
    const images = diskImages(24, 8);
    const linear = { ...images, transforms: [{ ...images.transforms[0]!, name: 'linear' as const }] };
    const { recipe } = await planTraining(tinyOptions({ from: '1', averageRampup: 0.01 }), {
      ...context(workspace, linear),
      effects: quietEffects({ log }),
    });
    expect(recipe).toMatchObject({ adaptiveKimg: 100, averageRampup: 0.01 });
    expect(warnings).toEqual([expect.stringContaining('(log1p) than these images have (linear)')]);
  });

  it('says when its images have other channels, and when few of the weights fit', async () => {
    const workspace = workspaceOfTest();
    await train(tinyOptions({ kimg: 0.004 }), context(workspace));
    const told = async (options: Partial<TrainOptions>, images: TrainingImages) => {
      const warnings: string[] = [];
      const log = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} };
      const effects = quietEffects({ log });
      await train(tinyOptions({ from: '1', kimg: 0.004, ...options }), {
        ...context(workspace, images),
        effects,
      });
      return warnings;
    };
    const images = diskImages(24, 8);
    const [transform] = images.transforms;
    const three = imagesInMemory({
      ...images,
      channels: 3,
      transforms: [transform!, transform!, transform!],
      values: await images.read(Array.from({ length: 24 }, (_, i) => i)),
    });
    expect(await told({}, images)).toEqual([]);
    expect(await told({}, three)).toEqual([
      expect.stringContaining('has learnt 1 channel(s), these images have 3'),
    ]);
    expect(await told({ channelMax: 4, styleSize: 6 }, images)).toEqual([
      expect.stringMatching(/^only \d+ of \d+ weight tensors .* --channel-max as that run/),
    ]);
  });
});
