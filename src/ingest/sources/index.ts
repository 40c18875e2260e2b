/** The table of archives. `files` is no archive and has its own road (`ingest-folder.ts`). */
import { heliocloud } from './heliocloud.ts';
import { hmi } from './hmi.ts';
import { jsoc } from './jsoc/index.ts';
import { synoptic } from './synoptic.ts';
import { synopticNrt } from './synoptic-nrt.ts';
import type { ArchiveSource } from './types.ts';

export const ARCHIVES: Record<string, ArchiveSource> = Object.fromEntries(
  [synoptic, synopticNrt, jsoc, hmi, heliocloud].map((source) => [source.name, source]),
);
export type { ArchiveSource, Candidate, Location } from './types.ts';
