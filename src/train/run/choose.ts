/** Which checkpoint of a run is meant. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { exists } from '../../core/files.ts';
import { type Checkpoint, listCheckpoints, readCheckpoint, readLatestCheckpoint } from './checkpoint.ts';
import { type RunFolder, runFolder } from './folder.ts';

const ENDING = '.safetensors';

/** Where the checkpoint with the lowest value of a score is kept: `best-swd` in the run, the newest of which counts. */
export function bestFolder(folder: RunFolder, score: string): RunFolder {
  return { ...folder, checkpoints: join(folder.directory, `best-${score}`) };
}

/** `wanted`: a file, or the name of one in the run (`best-swd`, `00002000`); undefined is the newest. */
export async function chooseCheckpoint(directory: string, wanted: string | undefined): Promise<Checkpoint> {
  const folder = runFolder(directory);
  if (wanted !== undefined) return readCheckpoint(await checkpointPath(folder, wanted));
  const newest = await readLatestCheckpoint(folder);
  if (newest) return newest;
  throw new SunganError('data', 'this run has no checkpoint yet', {
    where: directory,
    remedy: 'go on with `sungan train --resume`',
  });
}

export async function checkpointPath(folder: RunFolder, wanted: string): Promise<string> {
  const own = join(folder.checkpoints, wanted.endsWith(ENDING) ? wanted : `${wanted}${ENDING}`);
  for (const path of [own, wanted]) if (path.endsWith(ENDING) && (await exists(path))) return path;
  const names = await readdir(folder.directory).catch(() => []);
  const kept = names.filter((name) => name.startsWith('best-'));
  if (kept.includes(wanted)) {
    const best = { ...folder, checkpoints: join(folder.directory, wanted) };
    const newest = (await listCheckpoints(best)).at(-1);
    if (newest) return join(best.checkpoints, newest);
  }
  const numbered = (await listCheckpoints(folder)).map((name) => basename(name, ENDING));
  throw new SunganError('usage', `no checkpoint '${wanted}'`, {
    where: folder.directory,
    remedy: `there are ${[...numbered, ...kept].join(', ')}`,
  });
}
