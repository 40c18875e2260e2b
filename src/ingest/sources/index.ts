/** The table of archives. `files` is no archive and has its own road (`adopt-folder.ts`). */
import { synoptic } from './synoptic.ts';
import type { ArchiveSource } from './types.ts';

export const ARCHIVES: Record<string, ArchiveSource> = { synoptic };
export type { ArchiveSource, Candidate, Location } from './types.ts';
