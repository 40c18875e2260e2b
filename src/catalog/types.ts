/** The rows of the catalog. Times are ISO 8601 UTC text, so that SQLite sorts and people read them. */

/**
 * expected: planned, not yet there. absent: the archive says it has none (404). blocked: exists but cannot be had now
 * (offline, tape, source down). downloading: a try is under way, or its beginning is kept. stored: file and row agree. corrupt: what came was not
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
  /** `aia.lev1.5s`, `aia.lev1`, `hmi.M_720s`, ... */
  product: string;
  /** Angstrom; 0 for HMI products. */
  wavelength: number;
  /** Nominal time of the slot. */
  slot: string;
}

/** Every card of the image HDU by keyword (the last of duplicates); non-finite numbers as text. */
export type HeaderRecord = Record<string, string | number | boolean | null>;

/** What is known of a stored file: all that screening by header needs, without opening the file again. */
export interface FrameFacts {
  /** Relative to the workspace, with forward slashes. */
  path: string;
  url: string | null;
  etag: string | null;
  bytes: number;
  sha256: string;
  /** T_OBS (middle of the exposure), UTC. */
  tObs: string | null;
  /** EXPTIME as the header has it, before any correction. */
  exposureSeconds: number | null;
  /** QUALITY, unsigned 32-bit. */
  quality: number | null;
  /** Frame serial number: counts the exposures of one instrument. */
  fsn: number | null;
  width: number;
  height: number;
  header: HeaderRecord;
}

/** `header` of a frame read from the catalog is fetched when it is asked for, so that a list of frames stays small. */
export interface Frame extends SlotKey, Partial<Nullable<FrameFacts>> {
  id: number;
  state: FrameState;
  /** Why the state is what it is, for people. */
  reason: string | null;
  /** Runs that asked the archive for this slot. */
  tries: number;
  /** Runs in which what came was no usable frame, since one was stored last. */
  corruptRuns: number;
  updatedAt: string;
}

export type Nullable<T> = { [Key in keyof T]: T[Key] | null };

export interface FrameFilter {
  source?: string;
  product?: string;
  wavelength?: number;
  states?: FrameState[];
  /** Slot at or after / before. */
  from?: string;
  to?: string;
}

/** Frames of one source, product, wavelength and state, counted. */
export interface FrameCount {
  source: string;
  product: string;
  wavelength: number;
  state: FrameState;
  frames: number;
  bytes: number;
}

/** Neighbouring slots that are missing for the same reason, with no stored frame between them. */
export interface Gap {
  source: string;
  product: string;
  wavelength: number;
  state: FrameState;
  reason: string | null;
  firstSlot: string;
  lastSlot: string;
  frames: number;
  /** Most runs that asked for one of its slots. */
  tries: number;
  /** When the newest of its rows was last written. */
  updatedAt: string;
}

/** One request to a server, whether it succeeded or not. */
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

/** A month (`2017-01`) or a day (`2017-01-03`) and the split that all its frames belong to, for ever. */
export interface SplitAssignment {
  unit: string;
  split: Split;
  /** The rule and seed that chose it. */
  rule: string;
}

export interface RunStart {
  command: string;
  /** The resolved options; stored as JSON. */
  options: unknown;
  version: string;
}

export interface Run extends RunStart {
  id: number;
  startedAt: string;
  /** null while it runs, or when it was killed. */
  finishedAt: string | null;
  exitCode: number | null;
  summary: unknown;
}

/** A known interval in which frames are bad or absent (eclipse, manoeuvre, calibration), from a list that others keep. */
export interface KnownEvent {
  /** Name of the list. */
  source: string;
  start: string;
  /** null when the list gives no end. */
  end: string | null;
  /** `AIA`, `HMI`, `SDO`, ... */
  instrument: string;
  comment: string;
}

export type ExportState = 'submitted' | 'ready' | 'done' | 'failed' | 'expired';

/** A request for files that an archive prepares. Its id is stored before it is polled, so that a killed run finds it again. */
export interface ExportRequest {
  id: string;
  source: string;
  /** The record set that was asked for. */
  query: string;
  state: ExportState;
  submittedAt: string;
  updatedAt: string;
  /** Status number of the archive, as last answered. */
  status: number | null;
  error: string | null;
}

/** A table that helps (pointing, response, events, F10.7), kept in the workspace's cache. */
export interface AuxFile {
  name: string;
  url: string;
  /** Relative to the workspace, with forward slashes. */
  path: string;
  bytes: number;
  sha256: string;
  etag: string | null;
  fetchedAt: string;
}
