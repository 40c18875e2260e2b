/** The local archive server. */
export { type Archive, type ArchiveOptions, startArchive } from './server.ts';
