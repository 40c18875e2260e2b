/** What an export format is: something that takes pictures one by one and leaves files behind. */
import type { Dataset, DatasetFrame } from '../dataset.ts';

export interface ExportTarget {
  /** Where the files go: a folder, or the path of one file. */
  path: string;
  dataset: Dataset;
  /** Pixels a side. */
  size: number;
  bits: 8 | 16;
  signal: AbortSignal;
}

export interface ExportFormat {
  name: string;
  summary: string;
  /** 8-bit only, or both. */
  bits: readonly (8 | 16)[];
  /** Ending of the one file that it writes; undefined when it fills a folder. */
  extension: string | undefined;
  /** Writes the frames in this order; the paths of the files. */
  write(target: ExportTarget, frames: readonly DatasetFrame[]): Promise<string[]>;
}
