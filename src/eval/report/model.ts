/** Everything a report shows, as plain data: gathering it touches the disk, rendering it does not. */
import type { GanspaceRecord } from '../ganspace/record.ts';
import type { Judgement } from './judgement.ts';

export interface ReportModel {
  title: string;
  createdAt: string;
  /** Of the program that wrote the report. */
  version: string;
  runs: RunReport[];
}

export interface RunReport {
  name: string;
  facts: Fact[];
  /** True when the data come from the simulator. */
  simulated: boolean;
  data: DataReport | undefined;
  curves: CurveGroup[];
  samples: SampleGrid[];
  reals: EmbeddedImage | undefined;
  /** What the evaluations say together; undefined when there is none. */
  judgement: Judgement | undefined;
  /** Components of the styles, when somebody has looked. */
  ganspace?: GanspaceRecord | undefined;
  /** Resolved options as they stand in the run. */
  options: Fact[];
}

/** A run with scores, or scores without a run. */
export interface JudgedRun {
  name: string;
  judgement: Judgement;
}

/** One row of a two-column table. */
export interface Fact {
  label: string;
  value: string;
}

export interface DataReport {
  name: string;
  facts: Fact[];
  accepted: number | undefined;
  rejected: number | undefined;
  /** Why frames were rejected; a frame may have several reasons. */
  reasons: { reason: string; count: number }[];
  splits: { split: string; count: number; from: string; to: string }[];
  contactSheet: EmbeddedImage | undefined;
}

export interface EmbeddedImage {
  /** `data:image/png;base64,...` */
  uri: string;
  width: number;
  height: number;
  /** What is to be seen, for those who cannot see it. */
  alternative: string;
}

export interface SampleGrid {
  kimg: number;
  image: EmbeddedImage;
}

export interface CurveGroup {
  title: string;
  /** What the reader should look for. */
  caption: string;
  yLabel: string;
  yLog: boolean;
  series: { name: string; points: { x: number; y: number }[] }[];
}
