/** The use case of `report`: gather, render, write one file whole. */
import { basename, join, resolve } from 'node:path';
import type { Effects } from '../../core/effects.ts';
import { throwIfStopped } from '../../core/effects.ts';
import { writeAtomic } from '../../core/files.ts';
import { VERSION } from '../../core/version.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { ReportOptions } from '../options.ts';
import { findRun } from '../sources/run.ts';
import { gatherRun } from './gather.ts';
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
  const directories = await Promise.all(wanted.map((name) => findRun(name, workspace)));
  const path = options.out === undefined ? join(directories[0], REPORT_FILE) : resolve(options.out);
  const names = directories.map((directory) => basename(directory));
  if (context.dryRun) return { path, runs: names };

  const runs: RunReport[] = [];
  for (const directory of directories) {
    throwIfStopped(effects.signal);
    runs.push(await gatherRun(directory, workspace));
  }
  // The chart library brings a whole document model: loaded only when a page is made.
  const { renderReport } = await import('./page.ts');
  const title =
    options.title ?? (names.length === 1 ? `Report on ${names[0]}` : `Comparison of ${names.join(', ')}`);
  const page = renderReport({ title, createdAt: effects.clock.now().toISOString(), version: VERSION, runs });
  await writeAtomic(path, page);
  return { path, runs: names };
}
