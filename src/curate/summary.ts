import type { Split, Verdict } from '../catalog/index.ts';
import type { FrameCoordinates } from './coordinates.ts';
import type { Manifest } from './manifest.ts';

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
  /** All pictures of the dataset after the run. */
  count: number;
  splits: Record<Split, number>;
  levels: number[];
  /** False when there was nothing to do: no file was touched. */
  changed: boolean;
}

export interface SummaryInput {
  directory: string;
  manifest: Manifest;
  coordinates: readonly FrameCoordinates[];
  verdicts: readonly Verdict[];
  judgedBefore: number;
  dryRun: boolean;
}

export function summarise(input: SummaryInput): CurateSummary {
  const { directory, manifest, coordinates, verdicts, judgedBefore, dryRun } = input;
  const reasons: Record<string, number> = {};
  for (const { scores } of verdicts) {
    for (const { rule, passed } of scores) if (!passed) reasons[rule] = (reasons[rule] ?? 0) + 1;
  }
  const accepted = verdicts.filter((verdict) => verdict.accepted).length;
  const splits: Record<Split, number> = { train: 0, validation: 0, test: 0, guard: 0 };
  for (const { split } of coordinates) splits[split]++;
  return {
    dataset: manifest.name,
    directory,
    considered: verdicts.length,
    accepted,
    rejected: verdicts.length - accepted,
    judgedBefore,
    reasons,
    count: manifest.count,
    splits,
    levels: manifest.levels,
    changed: !dryRun && verdicts.length > 0,
  };
}
