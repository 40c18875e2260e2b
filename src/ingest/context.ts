/** What `ingest` is given besides its options. */
import type { Effects } from '../core/effects.ts';
import type { Workspace } from '../core/workspace.ts';

export interface IngestContext {
  workspace: Workspace;
  effects: Effects;
  /** Transfers at a time; by default what is polite to the source. */
  jobs?: number | undefined;
}
