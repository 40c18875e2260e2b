import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { curate, curateOptions } from '../../src/curate/index.ts';
import { knownScores, requestOf } from '../../src/eval/ablate-reuse.ts';
import { summariseRows } from '../../src/eval/ablation-table.ts';
import { ablate, ablateOptions, evalOptions, evaluate } from '../../src/eval/index.ts';
import { ingest, ingestOptions } from '../../src/ingest/index.ts';
import { simulateFolder, simulateOptions } from '../../src/simulate/index.ts';
import { sampleSummary } from './report/sample-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-ablate-'));
const context = { workspace: openWorkspace(join(folder, 'data')), effects: quietEffects() };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const preset = (name: string) => join(folder, name);
/** Folders of runs; locks lie beside them. */
const runFolders = () => readdirSync(context.workspace.runs).filter((name) => /^\d{4}-/.test(name));
const options = (overrides = {}) =>
  ablateOptions.parse({
    data: 'sun',
    presets: [`no log=${preset('plain.yaml')}@sun-linear`, preset('plain.yaml')],
    seeds: [1, 2],
    kimg: 0.032,
    resolution: 16,
    metrics: ['ms-ssim', 'solar'],
    count: 16,
    ...overrides,
  });

beforeAll(async () => {
  const frames = join(folder, 'frames');
  await simulateFolder(
    simulateOptions.parse({ from: '2014-01-01', to: '2014-02-10', cadence: '1d', size: 64 }),
    frames,
    context.effects,
  );
  await ingest(ingestOptions.parse({ source: 'files', path: frames }), context);
  for (const [name, transform] of [
    ['sun', 'log1p'],
    ['sun-linear', 'linear'],
  ] as const) {
    await curate(curateOptions.parse({ name, transform, guardDays: 1 }), context);
  }
  const recipe =
    'batch: 8\ntickKimg: 0.016\nlatentSize: 8\nstyleSize: 8\nchannelBase: 128\nchannelMax: 8\npathWeight: 0\nr1Gamma: 0.1\naverageHalfLife: 0.1\n';
  writeFileSync(preset('plain.yaml'), recipe);
});

describe('an ablation', () => {
  it('plans every preset with every seed, and does nothing on a dry run', async () => {
    const plan = await ablate(options(), { ...context, dryRun: true });
    expect(plan.runs).toEqual([
      'ablation-plain-sun-linear-s1',
      'ablation-plain-s1',
      'ablation-plain-sun-linear-s2',
      'ablation-plain-s2',
    ]);
    expect(existsSync(context.workspace.runs)).toBe(false);
  });

  it('trains, judges and tabulates; a second call finds everything done', async () => {
    const first = await ablate(options(), context);
    expect(first.rows.map(({ label }) => label)).toEqual(['no log', 'plain']);
    for (const { cells } of first.rows) {
      expect(cells.map(({ key }) => key)).toContain('solar.spectrum');
      expect(cells[0].values).toHaveLength(2);
    }
    expect(readFileSync(join(first.directory, 'table.md'), 'utf8')).toBe(first.table);
    expect(first.table.split('\n')[0]).toContain('| preset | MS-SSIM |');
    expect(readFileSync(first.report!, 'utf8')).toContain('Ablation: ablation');
    const lines = () =>
      runFolders().map(
        (run) => readFileSync(join(context.workspace.runs, run, 'metrics.jsonl'), 'utf8').split('\n').length,
      );
    expect(lines()).toEqual(Array(4).fill(2));
    const second = await ablate(options(), context);
    expect(second.rows).toEqual(first.rows);
    expect(lines()).toEqual(Array(4).fill(2));
  });

  const only = (overrides = {}) => options({ presets: [preset('plain.yaml')], seeds: [1], ...overrides });
  const linesOf = (name: string) =>
    runFolders()
      .filter((run) => run.endsWith(name))
      .map(
        (run) =>
          readFileSync(join(context.workspace.runs, run, 'metrics.jsonl'), 'utf8')
            .trim()
            .split('\n').length,
      );

  it('judges anew what was judged by another count, and knows no scores of other requests', async () => {
    const before = linesOf('-plain-s1')[0];
    const few = await ablate(only({ count: 8 }), context);
    expect(linesOf('-plain-s1')).toEqual([before + 1]);
    expect((await ablate(only({ count: 8 }), context)).rows).toEqual(few.rows);
    expect(linesOf('-plain-s1')).toEqual([before + 1]);
    const run = join(context.workspace.runs, runFolders().find((name) => name.endsWith('-plain-s1'))!);
    const wanted = evalOptions.parse({ run, real: 'sun', count: 8, pairs: 2000, metrics: ['solar'] });
    const known = async (options: typeof wanted) =>
      (await knownScores(run, await requestOf(run, 0.032, options, context), options.metrics)) !== undefined;
    expect(await known(wanted)).toBe(true);
    expect(await known({ ...wanted, real: 'sun-linear' })).toBe(false);
    expect(await known({ ...wanted, pairs: 1000 })).toBe(false);
    expect(await known({ ...wanted, metrics: ['solar', 'swd'] })).toBe(false);
  });

  it('refuses to go on with a run of another recipe, other data or a longer budget', async () => {
    const plain = readFileSync(preset('plain.yaml'), 'utf8');
    const remedy = expect.stringContaining('--name');
    try {
      writeFileSync(preset('plain.yaml'), plain.replace('r1Gamma: 0.1', 'r1Gamma: 0.2'));
      const changed = ablate(only(), context);
      await expect(changed).rejects.toMatchObject({
        message: expect.stringContaining('r1Gamma 0.1, but 0.2'),
        remedy,
      });
    } finally {
      writeFileSync(preset('plain.yaml'), plain);
    }
    await expect(ablate(only({ data: 'sun-linear' }), context)).rejects.toMatchObject({
      message: expect.stringContaining("other data ('sun')"),
      remedy,
    });
    await expect(ablate(only({ kimg: 0.016 }), context)).rejects.toThrow('more than 0.016');
    await expect(ablate(only({ resolution: 32 }), context)).rejects.toThrow('resolution 16, but 32');
  });

  it('judges a generator of another transform in the space of the reals', async () => {
    const run = join(context.workspace.runs, runFolders()[0]);
    const own = await evaluate(
      evalOptions.parse({ run, metrics: ['solar'], count: 8, out: join(folder, 'own.jsonl') }),
      context,
    );
    const other = await evaluate(
      evalOptions.parse({ run, real: 'sun', metrics: ['solar'], count: 8, out: join(folder, 'other.jsonl') }),
      context,
    );
    const flux = ({ results }: typeof own) => results[0].scores.find(({ key }) => key === 'solar.flux')!.note;
    // The same pictures in DN, whichever space they were compared in.
    expect(flux(other)!.split(';')[0]).toBe(flux(own)!.split(';')[0]);
  });

  it('needs presets and data', async () => {
    await expect(ablate(options({ presets: [] }), context)).rejects.toThrow('name the presets');
    await expect(ablate(options({ data: '' }), context)).rejects.toThrow('name the data set');
  });
});

it('a row is the mean and half range over seeds', () => {
  const judged = [20, 30].map((value) => {
    const summary = structuredClone(sampleSummary());
    Object.assign(summary.results[0].scores[2], { value });
    return { label: 'a', summary };
  });
  const [row] = summariseRows(judged);
  expect(row.cells.find(({ key }) => key === 'swd.mean')).toMatchObject({
    mean: 25,
    spread: 5,
    beside: 8.2,
    values: [20, 30],
  });
});
