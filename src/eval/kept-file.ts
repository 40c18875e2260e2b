/**
 * What was computed before, on the disk: each file is the sum of its body, and the body. Together they are bounded: those
 * that were not used for the longest time go.
 */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256OfBytes, writeAtomic } from '../core/files.ts';

/** Hex digits in front: a flipped bit would be a wrong distance without a word. */
const SUM_LENGTH = 64;

/** Features of ten times 50,000 pictures, or a hundred statistics. */
const MOST_BYTES = 4 * 2 ** 30;

/** The body; undefined where there is no such file, or one that is cut or changed. Other errors of the disk are thrown as they are. */
export async function readKept(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  // A copy of its own begins where any kind of number may.
  const body = Uint8Array.from(bytes.subarray(SUM_LENGTH));
  if (bytes.toString('latin1', 0, SUM_LENGTH) !== sha256OfBytes(body)) return undefined;
  const now = new Date();
  // Where nothing may be written, nothing is removed either.
  await utimes(path, now, now).catch(() => {});
  return body;
}

/** What this program keeps, and no files of others. */
const KEPT = /^[0-9a-f]{32}\.(f32|statistics-\d+\.f64)$/;

/** Keeps `body`; others in the folder go where they are more than `mostBytes` with it. */
export async function writeKept(
  path: string,
  body: Uint8Array<ArrayBuffer>,
  mostBytes = MOST_BYTES,
): Promise<void> {
  await writeAtomic(path, Buffer.concat([Buffer.from(sha256OfBytes(body), 'latin1'), body]));
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => KEPT.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => undefined);
      return { path: join(folder, name), bytes: info?.size ?? 0, usedAt: info?.mtimeMs ?? 0 };
    }),
  );
  let total = 0;
  for (const file of files.sort((a, b) => b.usedAt - a.usedAt)) {
    total += file.bytes;
    if (total > mostBytes && file.path !== path) await rm(file.path, { force: true });
  }
}
