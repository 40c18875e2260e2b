/** Temporary files that name their owner, so that what a killed process left can be told from what is being written. */
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The suffix of files under construction; whoever finds one without its owner may delete it. */
export const PART_SUFFIX = '.part';

/** Where process ids mean the same: a machine, or one of the containers with its name. */
const MACHINE = createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);

const OWNED = /^\..*\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part$/;

/** Of a process elsewhere nobody here knows whether it lives: a writer touches its file more often than that. */
const UNTOUCHED_MS = 24 * 3_600_000;

/** The name of `name` while process `pid` of this machine writes it: a hidden file of the same folder. */
export function ownedName(name: string, pid = process.pid): string {
  return `.${shortened(name)}.${MACHINE}-${pid}-${randomBytes(4).toString('hex')}${PART_SUFFIX}`;
}

/** Of the 255 bytes that file systems give a name, enough are left for the owner; what is random keeps names apart. */
function shortened(name: string): string {
  const bytes = Buffer.from(name);
  return bytes.length <= MOST_BYTES ? name : bytes.subarray(0, MOST_BYTES).toString();
}

const MOST_BYTES = 200;

const swept = new Map<string, Promise<void>>();

/** `removeAbandoned`, once a process. */
export function sweepOnce(folder: string): Promise<void> {
  const known = swept.get(folder);
  if (known) return known;
  const sweep = removeAbandoned(folder);
  swept.set(folder, sweep);
  return sweep;
}

/**
 * Removes the files of `ownedName` in `folder` whose owner is dead, or that were left untouched for a day. What cannot be
 * read or removed stays: that is no reason for the caller to fail.
 */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (await isAbandoned(name, path)) await rm(path, { force: true }).catch(() => {});
  }
}

async function isAbandoned(name: string, path: string): Promise<boolean> {
  const [, machine, pid] = OWNED.exec(name) ?? [];
  if (machine === undefined) return false;
  if (machine === MACHINE && !isAlive(Number(pid))) return true;
  // Gone meanwhile: its owner has finished.
  const touchedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return Date.now() - touchedMs > UNTOUCHED_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive, too.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
