/** One file of a folder: looked at, placed in the workspace, entered in the catalog, or recorded with what is wrong. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalog, SlotKey } from '../catalog/index.ts';
import { isSunganError, SunganError } from '../core/errors.ts';
import { exists, sha256OfBytes, syncFolder } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { type InspectedFrame, inspectFrame } from './check.ts';
import type { HeaderFacts } from './facts.ts';
import { problem } from './http/problem.ts';
import { partPath } from './part-file.ts';
import { SYNOPTIC_PRODUCT } from './products.ts';
import { rawPath, recordFrame, safeName } from './store-frame.ts';
import type { Outcome } from './summary.ts';

export interface AdoptionPolicy {
  maxBytes: number;
  /** Throws when the disk has too little room for another copy. */
  hasRoom(): Promise<void>;
  isWanted(frame: HeaderFacts): boolean;
}

export interface Adoption {
  outcome: Outcome;
  kind?: string;
  bytes?: number;
}

interface FileContent {
  file: string;
  bytes: number;
  sha256: string;
}

/** A file whose name gives a slot may differ from it by this much in T_OBS. */
const NAME_TOLERANCE_MS = 120_000;

export async function adoptFile(
  file: string,
  policy: AdoptionPolicy,
  catalog: Catalog,
  workspace: Workspace,
): Promise<Adoption> {
  const read = await readWithin(file, policy.maxBytes);
  if ('kind' in read) return refuse(catalog, slotOf(undefined, file), read);
  const content = { file, bytes: read.bytes.length, sha256: sha256OfBytes(read.bytes) };
  const twin = catalog.storedWithHash(content.sha256);
  if (twin && (await exists(join(workspace.root, twin.path!)))) {
    const isItself = twin.url === pathToFileURL(file).href;
    return isItself
      ? { outcome: 'already' }
      : { outcome: 'already', kind: 'the same content under another name' };
  }
  const inspection = inspectFrame(read.bytes, basename(file));
  if (inspection.frame && !policy.isWanted(inspection.frame))
    return { outcome: 'skipped', kind: 'not asked for' };
  const key = slotOf(inspection.frame, file);
  if (!inspection.ok) return refuse(catalog, key, inspection.problem);
  if (!key) return { outcome: 'corrupt', kind: 'not an SDO frame, or without a time' };
  return store(content, key, inspection.frame, { policy, catalog, workspace });
}

async function readWithin(file: string, maxBytes: number) {
  try {
    const found = await stat(file);
    // To read a pipe might take for ever.
    if (!found.isFile()) return problem('corrupt', 'no regular file');
    const { size } = found;
    if (size > maxBytes)
      return problem('corrupt', 'file too large', `${size} bytes, the limit is ${maxBytes} (--max-file-mb)`);
    return { bytes: await readFile(file) };
  } catch (error) {
    return problem('corrupt', 'cannot be opened', (error as Error).message);
  }
}

async function store(
  { file, ...content }: FileContent,
  key: SlotKey,
  frame: InspectedFrame,
  { policy, catalog, workspace }: { policy: AdoptionPolicy; catalog: Catalog; workspace: Workspace },
): Promise<Adoption> {
  catalog.expectSlots([key]);
  const row = catalog.frameOfSlot(key)!;
  if (row.state === 'stored' && (await exists(join(workspace.root, row.path!)))) {
    return { outcome: 'skipped', kind: 'another file of the same time is stored' };
  }
  const url = pathToFileURL(file).href;
  const path = freePath(rawPath(workspace, key, basename(file)), content.sha256, row.id, catalog);
  catalog.noteAsked(row.id);
  catalog.beginDownload(row.id, url, path);
  await placeFile(file, join(workspace.root, path), policy.hasRoom);
  recordFrame(catalog, row.id, { path, url, etag: null, ...content }, frame);
  return { outcome: 'stored', bytes: content.bytes };
}

/** The catalog keeps the reason where a slot is known, and a good file of the slot is worth more than it. */
function refuse(
  catalog: Catalog,
  key: SlotKey | undefined,
  { kind, reason }: { kind: string; reason: string },
): Adoption {
  if (key) {
    catalog.expectSlots([key]);
    const row = catalog.frameOfSlot(key)!;
    catalog.noteAsked(row.id);
    if (row.state !== 'stored') catalog.setState(row.id, 'corrupt', reason);
  }
  return { outcome: 'corrupt', kind };
}

/** Two folders may hold different files of one name: the second takes part of its hash into the name. */
function freePath(path: string, sha256: string, id: number, catalog: Catalog): string {
  const owner = catalog.frameOfPath(path);
  if (!owner || owner.id === id) return path;
  const extension = /\.gz$/i.test(path) ? extname(path.slice(0, -3)) + extname(path) : extname(path);
  return `${path.slice(0, -extension.length)}-${sha256.slice(0, 8)}${extension}`;
}

/** Whole under its final name, or not there. */
async function placeFile(file: string, target: string, hasRoom: () => Promise<void>): Promise<void> {
  const temporary = partPath(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await rm(temporary, { force: true });
    await linkOrCopy(file, temporary, hasRoom);
    const handle = await open(temporary, 'r');
    await handle.sync().finally(() => handle.close());
    await rename(temporary, target);
    // rename() does nothing when both names already are links to one file.
    await rm(temporary, { force: true });
    await syncFolder(dirname(target));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (isSunganError(cause)) throw cause;
    throw new SunganError('io', `cannot write: ${(cause as Error).message}`, {
      where: target,
      remedy: 'check the free space and the permissions of the workspace; what was adopted is kept',
      cause,
    });
  }
}

/** A hard link where the folder is on the same disk, else a copy. Of a symbolic link its file: the link may not last. */
async function linkOrCopy(file: string, temporary: string, hasRoom: () => Promise<void>): Promise<void> {
  const original = await realpath(file);
  const isLinked = await link(original, temporary).then(
    () => true,
    () => false,
  );
  if (isLinked) return;
  await hasRoom();
  await copyFile(original, temporary, constants.COPYFILE_EXCL);
}

/**
 * The slot of a file: nominal time from its name where that is the synoptic directory's, else T_OBS. Undefined when
 * neither header nor name tells.
 */
function slotOf(frame: HeaderFacts | undefined, file: string): SlotKey | undefined {
  const named = slotOfName(safeName(basename(file)));
  if (!frame) return named;
  const { product, wavelength, tObs } = frame;
  if (product === undefined || tObs === null) return undefined;
  const isNear = named && Math.abs(Date.parse(named.slot) - Date.parse(tObs)) <= NAME_TOLERANCE_MS;
  if (product === SYNOPTIC_PRODUCT && isNear) return { ...named, wavelength };
  return { source: 'files', product, wavelength, slot: tObs };
}

function slotOfName(name: string): SlotKey | undefined {
  const match = /^aia(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(?:\d{2})?_(\d{4})\./i.exec(name);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, channel] = match;
  const slot = `${year}-${month}-${day}T${hour}:${minute}:00Z`;
  if (Number.isNaN(Date.parse(slot))) return undefined;
  return { source: 'files', product: SYNOPTIC_PRODUCT, wavelength: Number(channel), slot };
}
