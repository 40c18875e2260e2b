/** The whole road on the synthetic archive: download, clean, learn, generate, score, report. Goes on where it was stopped. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCatalog } from '../../catalog/index.ts';
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import { SunganError } from '../../core/errors.ts';
import { exists, writeAtomic } from '../../core/files.ts';
import { formatTime, requireDuration, requireTime } from '../../core/time.ts';
import { openWorkspace, type Workspace } from '../../core/workspace.ts';
import { curate, curateOptions } from '../../curate/index.ts';
import { type EvalSummary, evalOptions, evaluate, report, reportOptions } from '../../eval/index.ts';
import { ingest, ingestOptions } from '../../ingest/index.ts';
import { type Label, startArchive } from '../../simulate/index.ts';
import { generate, generateOptions, hasRuns, train, trainOptions } from '../../train/index.ts';
import { type Audit, auditCatalog, describeAudit } from './audit.ts';
import type { DemoOptions } from './options.ts';

const WAVELENGTH = 193;
const DATASET = 'aia-193';
const RUN = 'demo';
const DAY_MS = 86_400_000;
/** Slots for which the synthetic archive has no file, as the real one has holes. */
const ABSENT_SHARE = 0.01;

export interface DemoContext {
  workspace: Workspace;
  effects: Effects;
  jobs?: number | undefined;
}

export interface DemoSummary {
  report: string;
  run: string;
  audit: Audit;
  scores: EvalSummary;
  /** Seconds of each step. */
  seconds: Record<string, number>;
}

export async function demo(
  options: DemoOptions,
  { workspace: outer, effects, jobs }: DemoContext,
): Promise<DemoSummary> {
  const range = rangeOf(options);
  const workspace = openWorkspace(join(outer.root, 'demo'));
  const context = { workspace, effects, jobs };
  const seconds: Record<string, number> = {};
  const step = async <Result>(name: string, what: string, work: () => Promise<Result>): Promise<Result> => {
    throwIfStopped(effects.signal);
    effects.log.info(`${name}: ${what}`);
    const startedAt = performance.now();
    const result = await work();
    seconds[name] = (performance.now() - startedAt) / 1000;
    return result;
  };

  if (options.fresh) await rm(workspace.root, { recursive: true, force: true });
  await requireSameOptions(workspace, options);
  const labels = await step(
    'ingest',
    `${options.days} days of a synthetic Sun, served on this machine, with planted faults`,
    () => ingestArchive(options, range, context),
  );
  await step('curate', 'screening, pyramids, splits', () =>
    curate(curateOptions.parse({ wavelength: WAVELENGTH, name: DATASET, seed: options.seed }), context),
  );
  const audit = auditOf(workspace, labels);
  effects.log.info(`what the catalog says of the planted faults:\n${describeAudit(audit)}`);
  const { directory: run } = await step('train', 'a small StyleGAN2 at 32x32 on this processor', () =>
    trainRun(options, context),
  );
  await step('generate', 'pictures from the averaged generator', () =>
    generate(generateOptions.parse({ run, count: 16 }), context),
  );
  const scores = await step('eval', 'sliced Wasserstein distance and MS-SSIM beside their floors', () =>
    evaluate(evalOptions.parse({ run }), context),
  );
  const page = await step('report', 'one HTML file', () =>
    report(reportOptions.parse({ paths: [run] }), context),
  );
  return { report: page.path, run, audit, scores, seconds };
}

/** Throws where the options have no sense, before anything is done. */
export function rangeOf(options: DemoOptions): { from: string; to: string } {
  const from = requireTime(options.from, '--from');
  requireDuration(options.cadence, '--cadence');
  return { from: formatTime(from), to: formatTime(new Date(from.getTime() + options.days * DAY_MS)) };
}

/** Frames of two different synthetic Suns in one catalog would be a lie: the options stay those of the first call. */
async function requireSameOptions(
  workspace: Workspace,
  { fresh: _fresh, ...options }: DemoOptions,
): Promise<void> {
  const path = join(workspace.root, 'demo.json');
  const text = `${JSON.stringify(options, null, 2)}\n`;
  if (!(await exists(path))) {
    await writeAtomic(path, text);
    return;
  }
  if ((await readFile(path, 'utf8')) === text) return;
  throw new SunganError('usage', 'an earlier demonstration with other options lies there', {
    where: workspace.root,
    remedy: 'add --fresh to remove it, or give another --workspace',
  });
}

async function ingestArchive(
  options: DemoOptions,
  range: { from: string; to: string },
  context: DemoContext,
): Promise<Label[]> {
  const archive = await startArchive({
    seed: options.seed,
    ...range,
    cadence: options.cadence,
    wavelengths: [WAVELENGTH],
    size: options.size,
    faults: options.faults,
    absent: ABSENT_SHARE,
  });
  try {
    await ingest(
      ingestOptions.parse({
        wavelength: [WAVELENGTH],
        ...range,
        cadence: options.cadence,
        baseUrl: archive.synopticUrl,
      }),
      context,
    );
    return archive.labels();
  } finally {
    await archive.close();
  }
}

function auditOf(workspace: Workspace, labels: readonly Label[]): Audit {
  const catalog = openCatalog(workspace.catalog);
  try {
    return auditCatalog(labels, catalog, DATASET);
  } finally {
    catalog.close();
  }
}

async function trainRun(options: DemoOptions, context: DemoContext) {
  const begun = await hasRuns(context.workspace);
  return train(
    trainOptions.parse({
      preset: 'demo',
      ...(begun ? { resume: 'latest' } : { data: DATASET, name: RUN, seed: options.seed }),
      ...(options.kimg === undefined ? {} : { kimg: options.kimg }),
    }),
    context,
  );
}
