import type { Split, Verdict } from '../catalog/index.ts';
import type { FrameCoordinates } from './coordinates.ts';
import type { Manifest } from './manifest.ts';
import { isInKnownEvent } from './rules/index.ts';

/** What a run of curate did, or with `dryRun` would do as far as headers tell. */
export interface CurateSummary {
  dataset: string;
  directory: string;
  /** Frames that this run passed a verdict on. */
  considered: number;
  accepted: number;
  rejected: number;
  judgedBefore: number;
  /** Rejected frames of this run by the rules that they failed; a frame may fail several. */
  reasons: Record<string, number>;
  /** Rejected frames of this run in the time of an event that the catalog knows of: eclipse, manoeuvre, calibration. */
  explained: number;
  /** All pictures of the dataset after the run. */
  count: number;
  splits: Record<Split, number>;
  levels: number[];
  /** False when there was nothing to do: no file was touched. */
  changed: boolean;
}

/** Counts of verdicts as they are spoken: the verdicts themselves, with every score, would fill the memory. */
export interface Tally {
  considered: number;
  accepted: number;
  reasons: Record<string, number>;
  explained: number;
}

export function emptyTally(): Tally {
  return { considered: 0, accepted: 0, reasons: {}, explained: 0 };
}

export function countVerdicts(tally: Tally, verdicts: readonly Verdict[]): void {
  for (const { accepted, scores } of verdicts) {
    tally.considered++;
    if (accepted) tally.accepted++;
    else if (isInKnownEvent(scores)) tally.explained++;
    for (const { rule, passed } of scores) if (!passed) tally.reasons[rule] = (tally.reasons[rule] ?? 0) + 1;
  }
}

export interface SummaryInput {
  directory: string;
  manifest: Manifest;
  coordinates: readonly FrameCoordinates[];
  tally: Tally;
  judgedBefore: number;
  dryRun: boolean;
}

export function summarise(input: SummaryInput): CurateSummary {
  const { directory, manifest, coordinates, tally, judgedBefore, dryRun } = input;
  const splits: Record<Split, number> = { train: 0, validation: 0, test: 0, guard: 0 };
  for (const { split } of coordinates) splits[split]++;
  return {
    dataset: manifest.name,
    directory,
    ...tally,
    rejected: tally.considered - tally.accepted,
    judgedBefore,
    count: manifest.count,
    splits,
    levels: manifest.levels,
    changed: !dryRun && tally.considered > 0,
  };
}
