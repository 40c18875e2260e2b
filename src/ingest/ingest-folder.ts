/** A folder of FITS files that somebody has: each is looked at, put into the workspace and entered in the catalog. */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Catalog } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { type AdoptionPolicy, adoptFile } from './adopt-file.ts';
import type { IngestContext } from './context.ts';
import { createSpaceGuard } from './disk-space.ts';
import { settleInterrupted } from './interrupted.ts';
import type { IngestOptions } from './options.ts';
import { resolveTime } from './slots.ts';
import type { Tally } from './summary.ts';

const FITS_NAME = /\.(fits|fit|fts|fz)(\.gz)?$/i;

/** Every file of `folder` and below whose name looks like FITS, sorted. Symbolic links to folders are not followed. */
export async function listFitsFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause) => {
    const message = `cannot read the folder: ${(cause as Error).message}`;
    throw new SunganError('io', message, { where: folder, remedy: 'check --path', cause });
  });
  // A dot hides files under construction, ours among them.
  const files = entries.filter(
    (entry) => !entry.isDirectory() && FITS_NAME.test(entry.name) && !entry.name.startsWith('.'),
  );
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

export function folderOf(options: IngestOptions): string {
  if (options.path) {
    const folder = resolve(options.path);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
    throw new SunganError('io', 'there is no such folder', { where: folder, remedy: 'check --path' });
  }
  throw new SunganError('usage', 'which folder?', {
    where: '--path',
    remedy: 'for instance --source files --path ~/sdo',
  });
}

export async function ingestFolder(
  options: IngestOptions,
  catalog: Catalog,
  context: IngestContext,
  stop: AbortSignal,
  createTally: (planned: number) => Tally,
): Promise<Tally> {
  const { effects, workspace } = context;
  const files = await listFitsFiles(folderOf(options));
  if (files.length === 0) effects.log.warn(`no FITS files in ${folderOf(options)} or below it`);
  const tally = createTally(files.length);
  const progress = effects.progress('ingest', files.length, 'files');
  const hasRoom = createSpaceGuard(workspace, options.minFreeGb * 1e9);
  const policy = { ...policyOf(options, effects.clock.now()), hasRoom };
  let settled = 0;
  await settleInterrupted(catalog, workspace, new Set());
  try {
    for (const file of files) {
      if (stop.aborted) break;
      const { outcome, kind, bytes } = await adoptFile(file, policy, catalog, workspace);
      tally.add(outcome, { bytes, kind });
      settled += 1;
      if (kind) effects.log.debug(`${file}: ${kind}`);
      progress.advance(1, basename(file));
    }
  } finally {
    progress.done();
  }
  for (let left = settled; left < files.length; left++) tally.add('failed', { kind: 'time is up' });
  return tally;
}

function policyOf(options: IngestOptions, now: Date): Omit<AdoptionPolicy, 'hasRoom'> {
  const from = options.from === undefined ? undefined : resolveTime(options.from, now, '--from');
  const to = options.to === 'now' ? undefined : resolveTime(options.to, now, '--to');
  return {
    maxBytes: options.maxFileMb * 1e6,
    isWanted({ wavelength, tObs }) {
      if (options.wavelength.length > 0 && !options.wavelength.includes(wavelength)) return false;
      const time = tObs === null ? undefined : Date.parse(tObs);
      return time === undefined || ((from === undefined || time >= from) && (to === undefined || time < to));
    },
  };
}
