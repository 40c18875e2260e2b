import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { parseOptions } from '../../src/core/options.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import {
  type EvalSummary,
  evalOptions,
  evaluate,
  planEvaluation,
  report,
  reportOptions,
} from '../../src/eval/index.ts';
import { exportGenerator } from '../../src/train/index.ts';
import { drawnSuns } from '../support/drawn-suns.ts';
import { TINY_SIZE, trainTinyRun, writePictures } from './tiny-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-eval-'));
const workspace = openWorkspace(join(folder, 'data'));
const context = { workspace, effects: quietEffects() };
const reals = join(folder, 'reals');
let run: string;

beforeAll(async () => {
  await writePictures(reals, drawnSuns('test', 12, TINY_SIZE));
  run = await trainTinyRun(workspace);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = (given: object) =>
  parseOptions(evalOptions, { metrics: ['swd', 'ms-ssim'], pairs: 50, ...given }, 'test');
const lines = () =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as EvalSummary);

describe('judging a run against a folder', () => {
  it('says what it would do and writes nothing', async () => {
    const plan = await planEvaluation(options({ run: 'latest', real: reals }), context);
    expect(plan).toMatchObject({
      resolution: TINY_SIZE,
      count: 12,
      metrics: ['swd', 'ms-ssim'],
      out: join(run, 'metrics.jsonl'),
    });
    expect(() => lines()).toThrow('ENOENT');
  });

  it('appends one line of scores each time, equal for equal seeds', async () => {
    for (const name of [run, '1', '0001-tiny']) {
      const summary = await evaluate(options({ run: name, real: reals, count: 8 }), context);
      expect(summary.fake).toMatchObject({ generated: true, simulated: true, count: 8 });
      expect(summary.kimg).toBeCloseTo(0.064, 6);
    }
    const all = lines();
    expect(all).toHaveLength(3);
    const numbers = all.map(({ results }) => results.map(({ scores }) => scores.map(({ value }) => value)));
    expect(numbers[1]).toEqual(numbers[0]);
    expect(numbers[2]).toEqual(numbers[0]);
    expect(all[0].warnings).toEqual(expect.arrayContaining([expect.stringContaining('instead of 8')]));
  });

  it('reports the run with the last scores', async () => {
    const { path, runs } = await report(parseOptions(reportOptions, {}, 'test'), context);
    expect(runs).toEqual(['0001-tiny']);
    expect(path).toBe(join(run, 'report.html'));
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('Simulated data.');
    expect(page).toContain('recipe.resolution');
    expect(page).toContain('MS-SSIM of pairs');
    expect((page.match(/<img /g) ?? []).length).toBeGreaterThanOrEqual(5);
  });

  it('compares runs on one page, written where asked', async () => {
    const out = join(folder, 'both.html');
    const options = parseOptions(reportOptions, { paths: ['1', run], out, title: 'Two' }, 'test');
    expect((await report({ ...options }, { ...context, dryRun: true })).path).toBe(out);
    expect(() => readFileSync(out)).toThrow('ENOENT');
    await report(options, context);
    expect(readFileSync(out, 'utf8')).toContain('<h1>Two</h1>');
  });

  it('names what is damaged in a run, and goes without what is not there', async () => {
    const damaged = join(workspace.runs, '0002-damaged');
    cpSync(run, damaged, { recursive: true });
    const page = () => report(parseOptions(reportOptions, { paths: ['2'] }, 'test'), context);
    appendFileSync(join(damaged, 'stats.jsonl'), 'null\n{"step":');
    await page();
    writeFileSync(join(damaged, 'reals.png'), '');
    await expect(page()).rejects.toMatchObject({ kind: 'format', where: join(damaged, 'reals.png') });
    rmSync(join(damaged, 'reals.png'));
    await page();
    appendFileSync(join(damaged, 'metrics.jsonl'), '{"schema":1,"results":[]}\n');
    await expect(page()).rejects.toMatchObject({ where: `${join(damaged, 'metrics.jsonl')}, line 4` });
    rmSync(damaged, { recursive: true });
  });
});

describe('judging the exported generator', () => {
  it('gives the scores of the run that it was exported from', async () => {
    const path = join(folder, 'generator.onnx');
    await exportGenerator(run, path);
    const scores = async (given: object) => {
      const { results, fake } = await evaluate(
        options({ real: reals, metrics: ['swd'], out: join(folder, 'x.jsonl'), ...given }),
        context,
      );
      expect(fake).toMatchObject({ generated: true, simulated: true });
      return results[0].scores.map(({ value }) => value);
    };
    const [own, exported] = [await scores({ run }), await scores({ fake: path })];
    exported.forEach((value, i) => {
      expect(Math.abs(value / own[i] - 1)).toBeLessThan(1e-2);
    });
  });
});

describe('judging a folder against a folder', () => {
  it('gives zero for itself, and prints only where no file is named', async () => {
    const summary = await evaluate(options({ real: reals, fake: reals }), context);
    expect(summary.kimg).toBeNull();
    const swd = summary.results[0].scores;
    // Other patches of the same pictures: near zero, and below the floor.
    expect(swd.at(-1)!.value).toBeLessThan(swd.at(-1)!.floors[0].value);
    const out = join(folder, 'scores.jsonl');
    await evaluate(options({ real: reals, fake: reals, out }), context);
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(2);
  });
});

describe('wrong usage is said so', () => {
  it.each([
    [{ run: '1', fake: reals }, 'cannot both be judged'],
    [{}, "data set 'drawn' of this run is not in the workspace"],
    [{ fake: reals }, 'say what to judge against'],
    [{ run: '7', real: reals }, "no run '7'"],
    [{ run: '1' }, "data set 'drawn' of this run is not in the workspace"],
    [{ real: reals, fake: '/nowhere' }, 'nothing to read pictures from'],
    [{ run: '1', real: reals, resolution: 64 }, 'cannot compare at 64 pixels'],
    [{ real: reals, fake: reals, metrics: ['solar'] }, 'solar: needs DN'],
    [{ run: '1', real: reals, metrics: ['fid'] }, 'FID and its kin need the weights'],
  ])('%j', async (given, message) => {
    await expect(evaluate(options(given), context)).rejects.toThrow(message);
  });

  it('an unknown metric is refused by the schema', () => {
    expect(() => options({ metrics: ['fidd'] })).toThrow('--metrics');
  });
});
