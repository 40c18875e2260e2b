/** What a frame is made from, and what is made of it. */
import type { PlannedFault } from './faults/index.ts';
import type { Card } from './headers/cards.ts';
import type { FrameId } from './products.ts';

export interface FrameRequest {
  id: FrameId;
  seed: number | string;
  /** Pixels a side. */
  size: number;
  fault?: PlannedFault | undefined;
  /** Time between slots, for the fault that delivers the neighbour's frame. */
  stepMs: number;
  /** How often the archive has made this file anew since: shows in DATE. */
  revision?: number;
  /** Pixels with hardly a keyword, as files lie in JSOC's storage. */
  isBare?: boolean;
}

/** A finished file, and the keywords that a database of the archive would have of it. */
export interface MadeFrame {
  bytes: Uint8Array;
  cards: readonly Card[];
}
