/**
 * The catalog: what was expected, what was tried, what lies where, and what was decided about it, in one SQLite file.
 */
export { type Catalog, type CatalogOptions, explainCatalogError, openCatalog } from './catalog.ts';
export { type EventFinder, eventFinder } from './known-events.ts';
export { type Lock, takeLock } from './lock.ts';
export { openToRead, readCatalog } from './read-catalog.ts';
export { type ChannelStatus, type ExplainedGap, readGaps, readStatus, type Status } from './status.ts';
export type {
  Attempt,
  AuxFile,
  ExportRequest,
  ExportState,
  Frame,
  FrameCount,
  FrameFacts,
  FrameFilter,
  FrameState,
  Gap,
  HeaderRecord,
  KnownEvent,
  RuleScore,
  Run,
  RunStart,
  SlotKey,
  Split,
  SplitAssignment,
  Verdict,
} from './types.ts';
