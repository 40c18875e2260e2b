/** The folder of a run: `runs/<nnnn-name>`, numbered in order, with options, statistics, samples and checkpoints. */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { PART_SUFFIX, removeAbandoned } from '../../core/abandoned.ts';
import { SunganError } from '../../core/errors.ts';
import { exists, makeFolder, readJson, writeAtomic } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';

export interface RunFolder {
  readonly directory: string;
  readonly options: string;
  readonly statistics: string;
  readonly samples: string;
  readonly reals: string;
  readonly checkpoints: string;
}

export function runFolder(directory: string): RunFolder {
  return {
    directory,
    options: join(directory, 'options.json'),
    statistics: join(directory, 'stats.jsonl'),
    samples: join(directory, 'samples'),
    reals: join(directory, 'reals.png'),
    checkpoints: join(directory, 'checkpoints'),
  };
}

/** A new folder with the next free number. Making it is atomic, so two runs never share one. */
export async function createRunFolder(runs: string, name: string): Promise<RunFolder> {
  await makeFolder(runs);
  for (const name of await runFolders(runs, false)) await removeAbandoned(join(runs, name));
  for (let number = (await lastNumber(runs)) + 1; ; number++) {
    const directory = join(runs, `${String(number).padStart(4, '0')}-${name}`);
    try {
      await mkdir(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw cannotWrite(directory, error);
    }
    const folder = runFolder(directory);
    await makeFolder(folder.samples);
    await makeFolder(folder.checkpoints);
    return folder;
  }
}

/** A run by its folder, its folder's name, its number, or 'latest'. */
export async function findRun(workspace: Workspace, wanted: string): Promise<RunFolder> {
  if (await exists(join(wanted, 'options.json'))) return runFolder(resolve(wanted));
  const names = await runNames(workspace.runs);
  const matches = names.filter(
    (name) => name === basename(wanted) || (/^\d+$/.test(wanted) && numberOf(name) === Number(wanted)),
  );
  const found = wanted === 'latest' ? names.at(-1) : matches[0];
  if (found) return runFolder(join(workspace.runs, found));
  throw new SunganError('usage', `no run '${wanted}'`, {
    where: workspace.runs,
    remedy: names.length > 0 ? `there are ${names.join(', ')}` : 'train one with `sungan train`',
  });
}

/** Whether a run was begun in this workspace: a folder without options was left by a kill before that. */
export async function hasRuns(workspace: Workspace): Promise<boolean> {
  return (await runNames(workspace.runs)).length > 0;
}

export async function readRunOptions(folder: RunFolder): Promise<Record<string, unknown>> {
  const options = await readJson(folder.options);
  if (options && typeof options === 'object') return options as Record<string, unknown>;
  throw new SunganError('data', 'not the folder of a run', {
    where: folder.directory,
    remedy: 'options.json is missing there',
  });
}

export async function appendStatistics(folder: RunFolder, line: object): Promise<void> {
  await appendFile(folder.statistics, `${JSON.stringify(line)}\n`).catch((cause) => {
    throw cannotWrite(folder.statistics, cause);
  });
}

/**
 * Removes what a kill in the middle of a file left: a checkpoint's can be gigabytes. Only for the holder of the run's lock, and
 * only where training alone writes.
 */
export async function removeUnfinished({ directory }: RunFolder): Promise<void> {
  const folders = (await readdir(directory)).filter((name) => /^(checkpoints|samples|best-.*)$/.test(name));
  for (const folder of folders) {
    const names = await readdir(join(directory, folder));
    for (const name of names.filter((each) => each.startsWith('.') && each.endsWith(PART_SUFFIX)))
      await rm(join(directory, folder, name), { force: true });
  }
}

function cannotWrite(where: string, cause: unknown): SunganError {
  const remedy = 'check the free space and the permissions of that folder; `sungan train --resume` goes on';
  return new SunganError('io', `cannot write: ${(cause as Error).message}`, { where, remedy, cause });
}

/** The statistics of a run, one object a tick; what is none, as a half-written last line (a kill), is left out. */
export async function readStatistics(folder: RunFolder): Promise<Record<string, number>[]> {
  const text = await readFile(folder.statistics, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    // Never taken for an empty file: what a resumed run reads here, it writes again.
    const remedy = 'check the permissions of that file and its disk';
    const message = `cannot read the statistics: ${cause.message}`;
    throw new SunganError('io', message, { where: folder.statistics, remedy, cause });
  });
  return text.split('\n').flatMap((line) => {
    try {
      const tick = JSON.parse(line) as Record<string, number> | null;
      return tick && typeof tick === 'object' ? [tick] : [];
    } catch {
      return [];
    }
  });
}

/** Drops the statistics of what a resumed run will do again. */
export async function truncateStatistics(folder: RunFolder, step: number): Promise<Record<string, number>[]> {
  const kept = (await readStatistics(folder)).filter((line) => line['step']! <= step);
  await writeAtomic(folder.statistics, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return kept;
}

/** Names of runs, oldest first. */
async function runNames(runs: string): Promise<string[]> {
  return (await runFolders(runs, true)).sort(byNumber);
}

/** Folders with or without options: those without were left by a kill before the run began. */
async function runFolders(runs: string, hasOptions: boolean): Promise<string[]> {
  const names: string[] = [];
  for (const name of await readdir(runs).catch(() => [])) {
    if (/^\d{4,}-/.test(name) && (await exists(runFolder(join(runs, name)).options)) === hasOptions)
      names.push(name);
  }
  return names;
}

async function lastNumber(runs: string): Promise<number> {
  const numbers = (await readdir(runs)).map(numberOf).filter((number) => number > 0);
  return Math.max(0, ...numbers);
}

const numberOf = (name: string) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0);
const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b);
