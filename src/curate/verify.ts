/** Whether the arrays of a dataset are still the bytes that its manifest lists. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachConcurrently } from '../core/concurrency.ts';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { describeError } from '../core/errors.ts';
import { differenceFrom } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { MANIFEST_FILE, readManifest } from './manifest.ts';

export interface DatasetCheck {
  name: string;
  files: number;
  bytes: number;
  /** Paths inside the dataset, with what is wrong. */
  faulty: { path: string; detail: string }[];
}

const FILES_AT_A_TIME = 4;

/** Every dataset of the workspace, by name; `jobs` files are read at a time. */
export async function verifyDatasets(
  workspace: Workspace,
  effects: Effects,
  jobs = FILES_AT_A_TIME,
): Promise<DatasetCheck[]> {
  const checks: DatasetCheck[] = [];
  for (const name of (await readdir(workspace.datasets).catch(() => [])).sort()) {
    const check = name.startsWith('.') ? undefined : await verifyDataset(name, workspace, effects, jobs);
    if (check) checks.push(check);
  }
  return checks;
}

/** Undefined where no dataset was begun. */
async function verifyDataset(
  name: string,
  workspace: Workspace,
  effects: Effects,
  jobs: number,
): Promise<DatasetCheck | undefined> {
  const directory = join(workspace.datasets, name);
  const check: DatasetCheck = { name, files: 0, bytes: 0, faulty: [] };
  const manifest = await readManifest(directory).catch((error) => {
    check.faulty.push({ path: MANIFEST_FILE, detail: describeError(error) });
  });
  if (!manifest) return check.faulty.length > 0 ? check : undefined;
  const files = Object.entries(manifest.files);
  const progress = effects.progress(`verify ${name}`, files.length, 'files');
  await forEachConcurrently(files, jobs, async ([path, stored]) => {
    throwIfStopped(effects.signal);
    const detail = await differenceFrom(join(directory, path), stored).catch(describeError);
    if (detail !== undefined) check.faulty.push({ path, detail });
    check.files++;
    check.bytes += stored.bytes;
    progress.advance(1, path);
  });
  progress.done();
  check.faulty.sort((a, b) => (a.path < b.path ? -1 : 1));
  return check;
}
