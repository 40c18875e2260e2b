/** Whether the arrays of a dataset are still the bytes that its manifest lists. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachConcurrently } from '../core/concurrency.ts';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { describeError } from '../core/errors.ts';
import { sha256OfFile } from '../core/files.ts';
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

/** Every dataset of the workspace, by name. */
export async function verifyDatasets(workspace: Workspace, effects: Effects): Promise<DatasetCheck[]> {
  const checks: DatasetCheck[] = [];
  for (const name of (await readdir(workspace.datasets).catch(() => [])).sort()) {
    const check = name.startsWith('.') ? undefined : await verifyDataset(name, workspace, effects);
    if (check) checks.push(check);
  }
  return checks;
}

/** Undefined where no dataset was begun. */
async function verifyDataset(
  name: string,
  workspace: Workspace,
  effects: Effects,
): Promise<DatasetCheck | undefined> {
  const directory = join(workspace.datasets, name);
  const check: DatasetCheck = { name, files: 0, bytes: 0, faulty: [] };
  const manifest = await readManifest(directory).catch((error) => {
    check.faulty.push({ path: MANIFEST_FILE, detail: describeError(error) });
  });
  if (!manifest) return check.faulty.length > 0 ? check : undefined;
  const files = Object.entries(manifest.files);
  const progress = effects.progress(`verify ${name}`, files.length, 'files');
  await forEachConcurrently(files, FILES_AT_A_TIME, async ([path, { bytes, sha256 }]) => {
    throwIfStopped(effects.signal);
    const detail = await faultOf(join(directory, path), bytes, sha256);
    if (detail !== undefined) check.faulty.push({ path, detail });
    check.files++;
    check.bytes += bytes;
    progress.advance(1, path);
  });
  progress.done();
  check.faulty.sort((a, b) => (a.path < b.path ? -1 : 1));
  return check;
}

async function faultOf(path: string, bytes: number, sha256: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size !== bytes) return `${size} bytes, the manifest says ${bytes}`;
    const found = await sha256OfFile(path);
    return found === sha256 ? undefined : `SHA-256 ${found}, the manifest says ${sha256}`;
  } catch (error) {
    return describeError(error);
  }
}
