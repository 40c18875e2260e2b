/** What to ask for: slots less what the catalog has. Pure. */
import type { Frame, FrameCount, SlotKey } from '../catalog/index.ts';
import { TYPICAL_BYTES } from './products.ts';

export interface PlanPolicy {
  now: number;
  /** Runs that find the file of a slot corrupt before it is left alone. */
  maxTries: number;
  /** Absent slots younger than this are asked for again, also those whose absence is explained. */
  revisitMs: number;
}

/** ask: to be fetched. have: stored. skipped: known not to be had. */
export type Decision = 'ask' | 'have' | 'skipped';

export function decide(
  row: Pick<Frame, 'state' | 'corruptRuns' | 'slot'> | undefined,
  policy: PlanPolicy,
): Decision {
  switch (row?.state) {
    case 'stored':
      return 'have';
    case 'corrupt':
      return row.corruptRuns < policy.maxTries ? 'ask' : 'skipped';
    case 'absent':
    case 'explained':
      return policy.now - Date.parse(row.slot) < policy.revisitMs ? 'ask' : 'skipped';
    case 'superseded':
      return 'skipped';
    default:
      return 'ask';
  }
}

export interface IngestPlan {
  /** Slots of the request. */
  slots: number;
  already: number;
  skipped: number;
  /** Requests that would be made. */
  toAsk: number;
  firstSlot: string | null;
  lastSlot: string | null;
  /** Estimate, from what is stored of the same kind or from typical sizes. */
  bytes: number;
  /** Estimate at `bytesPerSecond`. */
  hours: number;
  bytesPerSecond: number;
}

/** A guess for plans made before anything was measured: what one transatlantic connection gives on most days. */
const GUESSED_BYTES_PER_SECOND = 2e6;

export function describeKeys(
  keys: readonly SlotKey[],
  decisions: readonly Decision[],
  counts: readonly FrameCount[],
  measuredBytesPerSecond: number | undefined,
): IngestPlan {
  const asked = keys.filter((_, index) => decisions[index] === 'ask');
  const bytes = asked.reduce((total, key) => total + expectedBytes(key, counts), 0);
  const bytesPerSecond = measuredBytesPerSecond ?? GUESSED_BYTES_PER_SECOND;
  return {
    slots: keys.length,
    already: decisions.filter((decision) => decision === 'have').length,
    skipped: decisions.filter((decision) => decision === 'skipped').length,
    toAsk: asked.length,
    firstSlot: keys[0]?.slot ?? null,
    lastSlot: keys.at(-1)?.slot ?? null,
    bytes: Math.round(bytes),
    hours: bytes / bytesPerSecond / 3600,
    bytesPerSecond,
  };
}

function expectedBytes({ product, wavelength }: SlotKey, counts: readonly FrameCount[]): number {
  const stored = counts.find(
    (row) => row.state === 'stored' && row.product === product && row.wavelength === wavelength,
  );
  return stored ? stored.bytes / stored.frames : (TYPICAL_BYTES[product] ?? 10e6);
}
