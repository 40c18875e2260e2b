/** Reads everything that a report shows about one run: the edge between the disk and the model. */
import { basename, join } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import type { Workspace } from '../../core/workspace.ts';
import { openRun, type Run } from '../../train/index.ts';
import { readGanspace } from '../ganspace/record.ts';
import { countWords } from '../metric.ts';
import { readEvaluations } from '../record.ts';
import type { EvalSummary } from '../scores.ts';
import { METRICS_FILE, openDatasetOfRun } from '../sources/run.ts';
import { nameOf } from '../standing.ts';
import { curveGroups } from './curves.ts';
import { describeDataset } from './data-facts.ts';
import { formatCount, formatKimg, formatNumber, formatSeconds } from './format.ts';
import { embedImage } from './images.ts';
import { judgementOf } from './judgement.ts';
import type { DataReport, Fact, RunReport, SampleGrid } from './model.ts';
import { besideWords } from './words.ts';

export async function gatherRun(directory: string, workspace: Workspace): Promise<RunReport> {
  const run = await openRun(directory);
  const name = basename(directory);
  const dataset = await openDatasetOfRun(run, workspace);
  const data = dataset && (await describeDataset(dataset, workspace));
  const judgement = judgementOf(await readEvaluations(join(directory, METRICS_FILE)));
  const kind = run.dataset.simulated ? 'simulated' : 'observed';
  return {
    name,
    simulated: run.dataset.simulated,
    facts: runFacts(run, data, judgement?.summary),
    data,
    curves: curveGroups(run.stats),
    samples: await sampleGrids(run, name),
    reals:
      run.reals === undefined
        ? undefined
        : await embedImage(run.reals, `Grid of ${kind} frames of ${run.dataset.name}, solar north up`),
    judgement,
    ganspace: await readGanspace(directory),
    options: flatten(run.options),
  };
}

/** Scores without a run: pictures from elsewhere that were judged with `--out`. */
export async function gatherScores(path: string): Promise<RunReport> {
  const judgement = judgementOf(await readEvaluations(path));
  if (!judgement)
    throw new SunganError('data', 'no scores in this file', {
      where: path,
      remedy: '`sungan eval --out` writes them',
    });
  const { fake, real } = judgement.summary;
  return {
    name: basename(path).replace(/\.jsonl$/, ''),
    simulated: fake.simulated || real.simulated,
    facts: [
      { label: 'Judged', value: fake.source },
      { label: 'Against', value: `${real.label}, ${real.source}` },
      {
        label: 'Pictures',
        value: `${countWords({ real, fake }, formatCount)}, ${fake.resolution} × ${fake.resolution} pixels`,
      },
      { label: 'Scores', value: headline(judgement.summary) },
    ],
    data: undefined,
    curves: [],
    samples: [],
    reals: undefined,
    judgement,
    options: [],
  };
}

function runFacts(run: Run, data: DataReport | undefined, judged: EvalSummary | undefined): Fact[] {
  const last = run.stats.at(-1);
  const recipe = (run.options['recipe'] ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (value === undefined ? '–' : String(value));
  const facts: Fact[] = [
    { label: 'Run', value: basename(run.directory) },
    { label: 'Data', value: `${run.dataset.name}, ${run.dataset.simulated ? 'simulated' : 'observed'}` },
    {
      label: 'Network',
      value: `${text(recipe['architecture'])}, ${text(recipe['resolution'])} × ${text(recipe['resolution'])} pixels`,
    },
    { label: 'Loss', value: text(recipe['loss']) },
    { label: 'Preset', value: text(run.options['preset']) },
  ];
  if (data)
    facts[1].value += `, ${data.splits.map(({ split, count }) => `${formatCount(count)} ${split}`).join(', ')}`;
  if (last) {
    const { kimg, seconds, imagesPerSecond } = last;
    facts.push({
      label: 'Trained',
      value: `${formatKimg(kimg)} thousand pictures in ${formatSeconds(seconds)}`,
    });
    facts.push({ label: 'Speed at the end', value: `${formatNumber(imagesPerSecond, 3)} pictures a second` });
  }
  if (judged) facts.push({ label: 'Scores', value: headline(judged) });
  return [...facts, { label: 'Engine', value: text(run.options['engine']) }];
}

/** The numbers that people ask for first, each with what it is to be compared with. */
function headline({ results }: EvalSummary): string {
  return HEADLINES.flatMap((key) =>
    results.flatMap((result) =>
      result.scores.flatMap((score) => {
        if (score.key !== key) return [];
        const beside = besideWords(score);
        return [`${nameOf(score, result)} ${formatNumber(score.value, 3)}${beside && ` (${beside})`}`];
      }),
    ),
  ).join('; ');
}

const HEADLINES = ['fid', 'swd.mean', 'ms-ssim', 'solar.flux', 'solar.spectrum'];

/** Only the pictures that the page shows are read: the first, the middle and the last. */
async function sampleGrids({ samples }: Run, name: string): Promise<SampleGrid[]> {
  const count = samples.length;
  const chosen = count <= 3 ? samples : [samples[0], samples[count >> 1], samples[count - 1]];
  const grids: SampleGrid[] = [];
  for (const path of chosen) {
    const kimg = Number.parseInt(basename(path), 10) / 1000;
    const image = await embedImage(
      path,
      `Grid of pictures generated by ${name} after ${formatKimg(kimg)} thousand pictures`,
    );
    if (image) grids.push({ kimg, image });
  }
  return grids;
}

/** Nested options as `recipe.batch: 16`. */
function flatten(value: object, prefix = ''): Fact[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const label = prefix === '' ? key : `${prefix}.${key}`;
    if (Array.isArray(item) && item.every((entry) => typeof entry !== 'object')) {
      return [{ label, value: item.length > 0 ? item.join(', ') : 'none' }];
    }
    if (item !== null && typeof item === 'object') return flatten(item, label);
    return [{ label, value: String(item) }];
  });
}
