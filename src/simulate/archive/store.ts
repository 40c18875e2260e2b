/** The files of a simulated archive, drawn when first asked for and kept while there is room. */

import { sha256OfBytes } from '../../core/files.ts';
import { runCooperatively } from '../cooperate.ts';
import { frameSteps } from '../frame.ts';
import { type Label, labelOf } from '../labels.ts';
import { type ArchiveContents, type PlannedFrame, plannedFrames } from '../plan.ts';
import { pathOf } from '../products.ts';
import type { IndexEntry } from './pages.ts';

export interface StoredFile {
  bytes: Uint8Array;
  /** Strong, with its quotes. */
  etag: string;
  modified: Date;
  type: string;
}

export interface FileStore {
  /** The file at a path below the root (no leading slash), or undefined when there is none. */
  read(path: string): Promise<StoredFile | undefined>;
  /** Entries of a folder (`` or ending in a slash), or undefined when there is none. */
  list(folder: string): IndexEntry[] | undefined;
  labels(): Label[];
  /** Times of the first and last slot with a file. */
  extent(): { first: Date; last: Date } | undefined;
}

/** The synoptic directory is filled about a week after the fact. */
const PUBLISHED_AFTER_MS = 7 * 86_400_000;
const CACHE_BYTES = 192 * 2 ** 20;

export function createStore(contents: ArchiveContents): FileStore {
  const planned = plannedFrames(contents);
  const present = new Map(
    planned.filter((frame) => frame.planned !== 'absent').map((frame) => [pathOf(frame.id), frame]),
  );
  const folders = foldersOf(present, contents.size);
  const cache = new Map<string, StoredFile>();
  const underWay = new Map<string, Promise<StoredFile>>();
  let cachedBytes = 0;
  // One frame at a time: two drawn in turns would take twice the memory and no less time.
  let queue: Promise<unknown> = Promise.resolve();

  const keep = (path: string, file: StoredFile) => {
    cache.set(path, file);
    cachedBytes += file.bytes.length;
    for (const [oldest, old] of cache) {
      if (cachedBytes <= CACHE_BYTES || oldest === path) break;
      cache.delete(oldest);
      cachedBytes -= old.bytes.length;
    }
  };

  return {
    async read(path) {
      const frame = present.get(path);
      if (!frame) return undefined;
      const cached = cache.get(path);
      if (cached) return cached;
      let drawing = underWay.get(path);
      if (!drawing) {
        drawing = queue.then(() => draw(contents, frame));
        queue = drawing.catch(() => {});
        underWay.set(path, drawing);
        void drawing
          .then((file) => keep(path, file))
          .catch(() => {})
          .finally(() => underWay.delete(path));
      }
      return drawing;
    },
    list: (folder) => folders.get(folder),
    labels: () => planned.map(({ id, planned: fault }) => labelOf(id, fault)),
    extent() {
      const slots = [...present.values()].map(({ id }) => id.slot);
      return slots.length === 0 ? undefined : { first: slots[0]!, last: slots.at(-1)! };
    },
  };
}

async function draw(contents: ArchiveContents, { id, planned }: PlannedFrame): Promise<StoredFile> {
  const fault = planned === 'absent' ? undefined : planned;
  const bytes = await runCooperatively(
    frameSteps({ id, seed: contents.seed, size: contents.size, fault, stepMs: contents.cadenceMs }),
  );
  return {
    bytes,
    etag: `"${sha256OfBytes(bytes).slice(0, 24)}"`,
    modified: new Date(id.slot.getTime() + PUBLISHED_AFTER_MS),
    type: fault?.fault.name === 'html' ? 'text/html; charset=iso-8859-1' : 'application/fits',
  };
}

/** Every folder with its entries, folders first, names in order. */
function foldersOf(files: Map<string, PlannedFrame>, size: number): Map<string, IndexEntry[]> {
  const folders = new Map<string, Map<string, IndexEntry>>();
  for (const [path, { id }] of files) {
    const parts = path.split('/');
    const modified = new Date(id.slot.getTime() + PUBLISHED_AFTER_MS);
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = parts
        .slice(0, depth)
        .map((part) => `${part}/`)
        .join('');
      const isFolder = depth < parts.length - 1;
      const entries = folders.get(folder) ?? new Map<string, IndexEntry>();
      folders.set(folder, entries);
      const name = parts[depth]!;
      const known = entries.get(name);
      if (known && known.modified >= modified) continue;
      entries.set(name, { name, isFolder, modified, bytes: isFolder ? undefined : typicalBytes(size) });
    }
  }
  const byName = (a: IndexEntry, b: IndexEntry) =>
    Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1);
  return new Map([...folders].map(([folder, entries]) => [folder, [...entries.values()].sort(byName)]));
}

/** An index shows sizes to three digits; drawing every frame to know them would take minutes, so it shows a typical one. */
function typicalBytes(size: number): number {
  return 20_160 + size * size;
}
