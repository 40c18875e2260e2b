/** The files of a simulated archive, drawn when first asked for. */
import { sha256OfBytes } from '../../core/files.ts';
import { runCooperatively } from '../cooperate.ts';
import { frameSteps } from '../frame.ts';
import { type Label, labelOf } from '../labels.ts';
import { type ArchiveContents, type PlannedFrame, plannedFrames } from '../plan.ts';
import { pathOf } from '../products.ts';
import { createCache } from './cache.ts';
import { type IndexEntry, indexOf } from './folders.ts';

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
  /** Times of the first and last slot with a file in the synoptic directory. */
  extent(): { first: Date; last: Date } | undefined;
  /** From now on the file is another version of itself. */
  replace(path: string): void;
  /** The path of some other file, for mix-ups. */
  neighbourOf(path: string): string | undefined;
}

export interface StoreOptions {
  contents: ArchiveContents[];
  /** Files appear when `now` is this much past their slot; undefined: all are there from the start. */
  publishedAfterMs?: number | undefined;
  now: () => Date;
}

interface Entry extends PlannedFrame {
  contents: ArchiveContents;
}

/** The synoptic directory is filled about a week after the fact. */
const DATED_AFTER_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
const CACHE_BYTES = 192 * 2 ** 20;

export function createStore({ contents, publishedAfterMs, now }: StoreOptions): FileStore {
  const planned: Entry[] = contents.flatMap((one) =>
    plannedFrames(one).map((frame) => ({ ...frame, contents: one })),
  );
  const present = new Map(
    planned.filter((entry) => entry.planned !== 'absent').map((entry) => [pathOf(entry.id), entry]),
  );
  const paths = [...present.keys()];
  const revisions = new Map<string, number>();
  const cache = createCache<StoredFile>(CACHE_BYTES, ({ bytes }) => bytes.length);
  const isPublished = ({ id }: Entry) =>
    publishedAfterMs === undefined || now().getTime() - id.slot.getTime() >= publishedAfterMs;
  const published = () => [...present].filter(([, entry]) => isPublished(entry));
  const everything = publishedAfterMs === undefined ? indexOf(filesOf([...present])) : undefined;

  return {
    async read(path) {
      const entry = present.get(path);
      if (!entry || !isPublished(entry)) return undefined;
      const revision = revisions.get(path) ?? 0;
      return cache.get(`${path}#${revision}`, () => draw(entry, revision));
    },
    list: (folder) => (everything ?? indexOf(filesOf(published()))).get(folder),
    labels: () => planned.map(({ id, planned: fault }) => labelOf(id, fault)),
    extent() {
      const slots = published().flatMap(([, { id }]) => (id.product === 'aia-synoptic' ? [id.slot] : []));
      return slots.length === 0 ? undefined : { first: slots[0]!, last: slots.at(-1)! };
    },
    replace: (path) => void revisions.set(path, (revisions.get(path) ?? 0) + 1),
    neighbourOf: (path) => paths[(paths.indexOf(path) + 1) % paths.length],
  };
}

async function draw({ id, planned, contents }: Entry, revision: number): Promise<StoredFile> {
  const { seed, size, cadenceMs } = contents;
  const fault = planned === 'absent' ? undefined : planned;
  const bytes = await runCooperatively(frameSteps({ id, seed, size, fault, stepMs: cadenceMs, revision }));
  return {
    bytes,
    etag: `"${sha256OfBytes(bytes).slice(0, 24)}"`,
    modified: new Date(id.slot.getTime() + DATED_AFTER_MS + revision * DAY_MS),
    type: fault?.fault.name === 'html' ? 'text/html; charset=iso-8859-1' : 'application/fits',
  };
}

function filesOf(entries: [string, Entry][]) {
  return entries.map(([path, { id, contents }]) => ({
    path,
    modified: new Date(id.slot.getTime() + DATED_AFTER_MS),
    bytes: typicalBytes(contents.size),
  }));
}

/** An index shows sizes to three digits; drawing every frame to know them would take minutes, so it shows a typical one. */
function typicalBytes(size: number): number {
  return 20_160 + size * size;
}
