/** The local archive server. */
export { DISTURBANCE_NAMES, type DisturbanceName, type DisturbanceRates } from './disturbances/index.ts';
export type { JsocOptions } from './jsoc/index.ts';
export { type ArchiveOptions, SERVICE_NAMES, type ServiceName } from './options.ts';
export { type Archive, type JournalEntry, startArchive } from './server.ts';
