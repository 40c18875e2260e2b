/** Files that are whole or absent: temporary name, fsync, rename, fsync of the folder. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ownedName, sweepOnce } from './abandoned.ts';
import { SunganError } from './errors.ts';

/**
 * Writes `content` so that `path` holds either its old content or the new one, whole, after a kill at any moment. What
 * such a kill left in that folder goes with the next write there. Of a link the file behind it is written; a device or a
 * pipe (`--out /dev/null`) takes the content itself, and is not replaced by a file.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const known = await stat(path).catch(() => undefined);
  if (known === undefined || known.isFile() || known.isDirectory()) {
    await replaceFile(known === undefined ? path : await realpath(path), content);
    return;
  }
  await writeFile(path, content).catch((cause) => {
    throw cannotWrite(path, cause);
  });
}

async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, ownedName(basename(path)));
  try {
    await mkdir(folder, { recursive: true });
    await sweepOnce(folder);
    await writeSynced(temporary, content);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cannotWrite(path, cause);
  }
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes `folder` and those above it, with an error for people when it cannot be. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw cannotWrite(folder, cause);
  });
}

function cannotWrite(where: string, cause: unknown): SunganError {
  const remedy = 'check the free space and the permissions of that folder, or give another --workspace';
  return new SunganError('io', `cannot write: ${(cause as Error).message}`, { where, remedy, cause });
}

/** Makes a rename in `folder` durable. Not every platform lets a folder be opened; those that do not need no fsync. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The parsed JSON of `path`, or undefined when there is no such file. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SunganError('format', `not JSON: ${(cause as Error).message}`, { where: path, cause });
  }
}

export function sha256OfBytes(bytes: Uint8Array | string): string {
  return sha256OfParts([bytes]);
}

/** Of parts that follow one another. */
export function sha256OfParts(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** How a file differs from the one of that length and hash, for people; undefined when it does not. Throws as `stat` does. */
export async function differenceFrom(
  path: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size !== bytes) return `${size} bytes instead of ${bytes}`;
  const found = await sha256OfFile(path);
  return found === sha256 ? undefined : `SHA-256 ${found} instead of ${sha256}`;
}

const READ_BYTES = 1 << 20;

/** Hash of a file read as a stream: memory stays bounded whatever its size. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}
