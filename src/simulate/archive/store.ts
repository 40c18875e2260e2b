/** The files of a simulated archive, drawn when first asked for. */
import { sha256OfBytes } from '../../core/files.ts';
import type { HeaderCard } from '../../fits/index.ts';
import { runCooperatively } from '../cooperate.ts';
import { fileBytesOf, frameSteps } from '../frame.ts';
import { type Label, labelOf } from '../labels.ts';
import { type ArchiveContents, type PlannedFrame, plannedFrames } from '../plan.ts';
import { type FrameId, isCompressed, madeAt, type Product, pathOf } from '../products.ts';
import { createCache } from './cache.ts';
import { type IndexEntry, indexOf } from './folders.ts';

export interface StoredFile {
  bytes: Uint8Array;
  /** Strong, with its quotes. */
  etag: string;
  modified: Date;
  type: string;
  /** What a database of the archive would know of it, whatever became of the file. */
  cards: readonly HeaderCard[];
}

/** One slot of the archive. */
export interface StoredEntry extends PlannedFrame {
  contents: ArchiveContents;
  /** Counts the slots of the archive from 0. */
  index: number;
}

/** What the archive holds of one product. */
export interface Holding {
  contents: ArchiveContents;
  /** Its files lie in the directories; others are reached by a service of their own. */
  isListed: boolean;
  /** Files appear when `now` is this much past their slot; undefined: all are there from the start. */
  publishedAfterMs: number | undefined;
}

export interface FileStore {
  /** The file at a path below the root (no leading slash) as `pathOf` gives it, or undefined when there is none. */
  read(path: string, form?: 'bare'): Promise<StoredFile | undefined>;
  /** Whether the path lies in the directories. */
  isListed(path: string): boolean;
  /** Slots of a product that have come, absent ones included, in order of time: the same array while they are the same. */
  entries(product: Product): readonly StoredEntry[];
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
  holdings: readonly Holding[];
  now: () => Date;
}

interface Entry extends StoredEntry {
  holding: Holding;
}

const CACHE_BYTES = 192 * 2 ** 20;

export function createStore({ holdings, now }: StoreOptions): FileStore {
  const planned: Entry[] = holdings
    .flatMap((holding) => plannedFrames(holding.contents).map((frame) => ({ ...frame, holding })))
    .map((frame, index) => ({ ...frame, contents: frame.holding.contents, index }));
  const present = new Map(
    planned.filter((entry) => entry.planned !== 'absent').map((entry) => [pathOf(entry.id), entry]),
  );
  const paths = [...present.keys()];
  const byProduct = new Map(
    holdings.map(({ contents: { product } }) => [
      product,
      planned.filter(({ id }) => id.product === product),
    ]),
  );
  const revisions = new Map<string, number>();
  const cache = createCache<StoredFile>(CACHE_BYTES, ({ bytes }) => bytes.length);
  const isPublished = ({ id, holding: { publishedAfterMs } }: Entry) =>
    publishedAfterMs === undefined || now().getTime() - id.slot.getTime() >= publishedAfterMs;
  const listed = [...present].filter(([, entry]) => entry.holding.isListed);
  const isWhole = holdings.every(({ publishedAfterMs }) => publishedAfterMs === undefined);
  const everything = isWhole ? indexOf(filesOf(listed)) : undefined;

  return {
    async read(path, form) {
      const entry = present.get(path);
      if (!entry || !isPublished(entry)) return undefined;
      const revision = revisions.get(path) ?? 0;
      return cache.get(`${path}#${revision}${form ?? ''}`, () => draw(entry, revision, form === 'bare'));
    },
    isListed: (path) => present.get(path)?.holding.isListed ?? false,
    entries(product) {
      const all = byProduct.get(product) ?? [];
      return isWhole ? all : all.filter(isPublished);
    },
    list: (folder) =>
      (everything ?? indexOf(filesOf(listed.filter(([, entry]) => isPublished(entry))))).get(folder),
    labels: () => planned.map(({ id, planned: fault }) => labelOf(id, fault)),
    extent() {
      const slots = listed.flatMap(([, entry]) =>
        entry.id.product === 'aia-synoptic' && isPublished(entry) ? [entry.id.slot] : [],
      );
      return slots.length === 0 ? undefined : { first: slots[0]!, last: slots.at(-1)! };
    },
    replace: (path) => void revisions.set(path, (revisions.get(path) ?? 0) + 1),
    neighbourOf: (path) => paths[(paths.indexOf(path) + 1) % paths.length],
  };
}

async function draw(
  { id, planned, contents }: Entry,
  revision: number,
  isBare: boolean,
): Promise<StoredFile> {
  const { seed, size, cadenceMs } = contents;
  const fault = planned === 'absent' ? undefined : planned;
  const request = { id, seed, size, fault, stepMs: cadenceMs, revision, isBare };
  const { bytes, cards } = await runCooperatively(frameSteps(request));
  return {
    bytes,
    cards,
    etag: `"${sha256OfBytes(bytes).slice(0, 24)}"`,
    modified: madeAt(id, revision),
    type: fault?.fault.name === 'html' ? 'text/html; charset=iso-8859-1' : 'application/fits',
  };
}

function filesOf(entries: readonly (readonly [string, Entry])[]) {
  const known = new Map<ArchiveContents, number>();
  return entries.map(([path, { id, contents }]) => {
    const bytes = known.get(contents) ?? typicalBytes(id, contents);
    known.set(contents, bytes);
    return { path, modified: madeAt(id), bytes };
  });
}

/**
 * An index shows sizes to three digits; drawing every frame to know them would take minutes, so it shows a typical one. What is
 * not compressed has one size, whatever is in the picture.
 */
function typicalBytes(id: FrameId, { seed, size, cadenceMs }: ArchiveContents): number {
  return isCompressed(id.product) ? 20_160 + size * size : fileBytesOf({ id, seed, size, stepMs: cadenceMs });
}
