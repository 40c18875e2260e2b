/** The rows of the catalog. Times are ISO 8601 UTC text, so that SQLite sorts and people read them. */

/**
 * expected: planned, not yet there. absent: the archive says it has none (404). blocked: exists but cannot be had now
 * (offline, tape, source down). downloading: a try is under way. stored: file and row agree. corrupt: what came was not
 * a usable frame. superseded: a better file of the slot replaced it. explained: absent for a known cause (eclipse).
 */
export type FrameState =
  | 'expected'
  | 'absent'
  | 'blocked'
  | 'downloading'
  | 'stored'
  | 'corrupt'
  | 'superseded'
  | 'explained';

export interface SlotKey {
  /** `synoptic`, `files`, ... */
  source: string;
  /** `aia.lev1.5s`, `aia.lev1`, `hmi.m_720s`, ... */
  product: string;
  /** Angstrom; 0 for HMI products. */
  wavelength: number;
  /** Nominal time of the slot. */
  slot: string;
}

/** What is known of a stored file: all that screening by header needs, without opening the file again. */
export interface FrameFacts {
  /** Relative to the workspace, with forward slashes. */
  path: string;
  url: string | null;
  etag: string | null;
  bytes: number;
  sha256: string;
  tObs: string | null;
  /** T_OBS as the header has it, before any correction. */
  exposureSeconds: number | null;
  /** Unsigned 32-bit. */
  quality: number | null;
  fsn: number | null;
  width: number;
  height: number;
  /** Every card of the image HDU by keyword (the last of duplicates); non-finite numbers as text. */
  header: Record<string, string | number | boolean | null>;
}

export interface Frame extends SlotKey, Partial<Nullable<FrameFacts>> {
  id: number;
  state: FrameState;
  /** Why the state is what it is, for people. */
  reason: string | null;
  updatedAt: string;
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

export interface Attempt {
  frameId: number;
  url: string;
  startedAt: string;
  /** HTTP status, or null when there was no answer. */
  status: number | null;
  bytes: number;
  milliseconds: number;
  /** null when it succeeded. */
  error: string | null;
}

export type Split = 'train' | 'validation' | 'test' | 'guard';

/** One rule's word on one frame. Stored for every rule, passed or not, so that limits can be changed without pixels. */
export interface RuleScore {
  rule: string;
  /** null when the rule could not be judged (keyword missing). */
  score: number | null;
  /** The limit that was applied; its sense (at least, at most) belongs to the rule. */
  threshold: number | null;
  passed: boolean;
  /** For people: `QUALITY 0x2000: eclipse`. */
  note: string | null;
}

export interface Verdict {
  dataset: string;
  frameId: number;
  accepted: boolean;
  scores: RuleScore[];
  /** `rule` or the name of a person. */
  by: string;
}

export interface FrameFilter {
  source?: string;
  product?: string;
  wavelength?: number;
  states?: FrameState[];
  /** Slot at or after / before. */
  from?: string;
  to?: string;
}
