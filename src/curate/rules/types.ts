/** What a rule of rejection is. A rule measures; the comparison with its limit is the same for all, so that a person can re-decide without pixels. */
import type { Frame, HeaderRecord, KnownEvent } from '../../catalog/index.ts';
import type { Channel } from '../channels.ts';
import type { LevelDistance } from '../level-history.ts';
import type { Measurements } from '../measure/index.ts';
import type { Comparison } from '../neighbours.ts';

export interface RuleOptions {
  strict: boolean;
  nrt: boolean;
  exposureTolerance: number;
  slotToleranceSeconds: number;
  /** Limits that a person set, by rule. */
  limits: Readonly<Record<string, number>>;
}

/** All that a rule may look at. */
export interface RuleInput {
  frame: Frame;
  header: HeaderRecord;
  channel: Channel;
  options: RuleOptions;
  /** Whether the dataset is one of simulated frames. */
  simulatedSet: boolean;
  /** Reasons of the block list for this time and channel. */
  blocked?: readonly string[];
  /** Events of the catalog at this time. */
  events?: readonly KnownEvent[];
  /** DATAMEDN against the days around; undefined where there is too little to compare with. */
  headerLevel?: LevelDistance | undefined;
  /** Median of the disk against accepted frames before. */
  diskLevel?: LevelDistance | undefined;
  /** With accepted frames that the dataset holds. */
  comparison?: Comparison | undefined;
  /** Undefined where the dataset has no level for it. */
  pictureHash?: number | undefined;
  /** Undefined while only the header is known. */
  pixels?: Measurements | undefined;
}

export interface Measured {
  /** null: cannot be judged, which passes. */
  score: number | null;
  /** For people; shown with the verdict. */
  note?: string | undefined;
}

export interface Rule {
  name: string;
  /** What is measured and why, one line. */
  summary: string;
  stage: 'header' | 'pixels';
  /** Of one instrument only. */
  instrument?: Channel['instrument'];
  sense: 'at most' | 'at least';
  /** null: never rejects, only tells. */
  limit(input: RuleInput): number | null;
  measure(input: RuleInput): Measured;
}

/** The card as a finite number, else null (absent, nan, MISSING). */
export function numberOf(header: HeaderRecord, keyword: string): number | null {
  const value = header[keyword];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function textOf(header: HeaderRecord, keyword: string): string | null {
  const value = header[keyword];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A number that was measured, with its words; null where it was not. */
export function measured(value: number | null | undefined, describe: (value: number) => string): Measured {
  return value == null ? { score: null } : { score: value, note: describe(value) };
}

export const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
