/** The use case of `report`: gather, render, write one file whole. */
import { basename, dirname, join, resolve } from 'node:path';
import type { Effects } from '../../core/effects.ts';
import { throwIfStopped } from '../../core/effects.ts';
import { exists, writeAtomic } from '../../core/files.ts';
import { VERSION } from '../../core/version.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { ReportOptions } from '../options.ts';
import { findRun } from '../sources/run.ts';
import { gatherRun, gatherScores } from './gather.ts';
import type { RunReport } from './model.ts';

export interface ReportContext {
  workspace: Workspace;
  effects: Effects;
  /** Say what would be written, write nothing. */
  dryRun?: boolean;
}

export interface ReportResult {
  path: string;
  /** Names of the runs on the page. */
  runs: string[];
}

const REPORT_FILE = 'report.html';

export async function report(options: ReportOptions, context: ReportContext): Promise<ReportResult> {
  const { workspace, effects } = context;
  const wanted = options.paths.length > 0 ? options.paths : ['latest'];
  const subjects = await Promise.all(wanted.map((name) => findSubject(name, workspace)));
  const path = options.out === undefined ? subjects[0].defaultPath : resolve(options.out);
  const names = subjects.map(({ name }) => name);
  if (context.dryRun) return { path, runs: names };

  const runs: RunReport[] = [];
  for (const subject of subjects) {
    throwIfStopped(effects.signal);
    runs.push(await subject.gather());
  }
  // The chart library brings a whole document model: loaded only when a page is made.
  const { renderReport } = await import('./page.ts');
  const title =
    options.title ?? (names.length === 1 ? `Report on ${names[0]}` : `Comparison of ${names.join(', ')}`);
  const page = renderReport({ title, createdAt: effects.clock.now().toISOString(), version: VERSION, runs });
  await writeAtomic(path, page);
  return { path, runs: names };
}

interface Subject {
  name: string;
  /** Where the page goes when this is the first on it. */
  defaultPath: string;
  gather(): Promise<RunReport>;
}

async function findSubject(name: string, workspace: Workspace): Promise<Subject> {
  if (name.endsWith('.jsonl') && (await exists(name))) {
    const path = resolve(name);
    const stem = basename(path, '.jsonl');
    return { name: stem, defaultPath: join(dirname(path), `${stem}.html`), gather: () => gatherScores(path) };
  }
  const directory = await findRun(name, workspace);
  return {
    name: basename(directory),
    defaultPath: join(directory, REPORT_FILE),
    gather: () => gatherRun(directory, workspace),
  };
}
