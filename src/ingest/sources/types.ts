/** What ingest must know of an archive. A new one is a file beside this and a row in `index.ts`. */
import type { Catalog, Frame, HeaderRecord } from '../../catalog/index.ts';
import type { Clock } from '../../core/clock.ts';
import type { CachedFileRequest } from '../http/cached-file.ts';
import type { Problem } from '../http/problem.ts';
import type { IngestOptions } from '../options.ts';

export interface ArchiveSource {
  name: string;
  /** For people. */
  title: string;
  /** Products that may be asked for, the default first. */
  products: readonly string[];
  /** Where it lies when the user names no mirror, best first; each ends in a slash. */
  baseUrls: readonly string[];
  /** Connections it is polite to open, and the most that may be asked for. */
  connections: number;
  maxConnections: number;
  /** Source whose frames of the same slots are only preliminary to this one's. */
  supersedes?: string;
  /** Channels of a product: those asked for, or [0] where the product has no channel. Throws when none fits. */
  wavelengths(product: string, options: IngestOptions): number[];
  /** Time between the frames it has of a product and channel, in milliseconds. */
  stepMs(product: string, wavelength: number): number;
  /** How far T_OBS may lie from the time that a frame is listed under. */
  toleranceMs(product: string, wavelength: number): number;
  /** Says where the file of each row is, asking the archive's listings where that saves requests. */
  locate(rows: readonly Frame[], tools: LocateTools): AsyncIterable<Location>;
}

export interface LocateTools {
  options: IngestOptions;
  /** Best first. */
  baseUrls: readonly string[];
  /** How far from its slot a frame may be taken when the slot's own is missing or bad; 0 for never. */
  searchMs: number;
  /** Time between the slots that are asked for. */
  cadenceMs: number;
  now: Date;
  /** A small text (a listing, an answer) by the same engine as files, with its retries and limits. */
  getText(urls: readonly string[], limits?: { maxBytes?: number }): Promise<TextAnswer>;
  /** A table of the archive that is kept in the cache. */
  getCached(request: CachedFileRequest): Promise<TextAnswer>;
  /** For archives that prepare files on request: what was asked for is remembered there. */
  catalog: Catalog;
  clock: Clock;
  signal: AbortSignal;
}

export type TextAnswer = { ok: true; text: string } | { ok: false; problem: Problem };

export type Location =
  | { row: Frame; candidates: Candidate[] }
  /** Known without asking for the file; `url` is where it was learnt. */
  | { row: Frame; problem: Problem; url: string };

/** A file that may fill a slot. Candidates are tried in order until one is a good frame. */
export interface Candidate {
  /** The same file at several mirrors, best first. */
  urls: string[];
  fileName: string;
  /** Time under which the archive lists it. */
  time: string;
  /** Size by the archive's index, where it gives one exactly. */
  bytes?: number;
  /** Keywords by the archive's database, for files that carry none themselves. */
  header?: HeaderRecord;
}
