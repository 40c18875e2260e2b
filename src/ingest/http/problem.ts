/** Why a file could not be had. A value, not an exception: most of these are daily life of an archive. */
import type { FrameState } from '../../catalog/index.ts';

export interface Problem {
  /** What becomes of the slot. `expected`: it was not asked for. `downloading`: a beginning is there, kept for the next run. */
  state: Extract<FrameState, 'absent' | 'blocked' | 'corrupt' | 'downloading' | 'expected' | 'explained'>;
  /** A few words that are the same for all such cases, for counting. */
  kind: string;
  /** The whole story, for people. */
  reason: string;
}

export const problem = (state: Problem['state'], kind: string, detail = ''): Problem => ({
  state,
  kind,
  reason: detail ? `${kind}: ${detail}` : kind,
});
