/** What was done to each frame: lines of JSON beside the arrays, in files of so many frames. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FrameProvenance {
  /** In the dataset. */
  index: number;
  /** ISO 8601 UTC. */
  time: string;
  split: string;
  /** One for each channel. */
  members: {
    channel: string;
    frameId: number;
    source: string;
    product: string;
    /** In the workspace. */
    path: string;
    sha256: string;
    /** In their order. */
    steps: string[];
  }[];
}

/** Appending rewrites at most one file of so many lines. */
const LINES_PER_FILE = 1024;

export const provenancePath = (file: number) => `provenance/${String(file).padStart(4, '0')}.jsonl`;

/** Files that change when lines are appended behind `count` others, by path inside the dataset. */
export async function encodeProvenance(
  directory: string,
  count: number,
  lines: readonly FrameProvenance[],
): Promise<Map<string, Uint8Array>> {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  let held = count % LINES_PER_FILE;
  let file = Math.floor(count / LINES_PER_FILE);
  for (let next = 0; next < lines.length; file++) {
    const before = held > 0 ? await readFile(join(directory, provenancePath(file)), 'utf8') : '';
    const fitting = lines.slice(next, next + LINES_PER_FILE - held);
    const text = fitting.map((line) => `${JSON.stringify(line)}\n`).join('');
    files.set(provenancePath(file), encoder.encode(before + text));
    next += fitting.length;
    held = 0;
  }
  return files;
}

/** Every line, in the order of the dataset. */
export async function readProvenance(directory: string, count: number): Promise<FrameProvenance[]> {
  const lines: FrameProvenance[] = [];
  for (let file = 0; file * LINES_PER_FILE < count; file++) {
    const text = await readFile(join(directory, provenancePath(file)), 'utf8');
    lines.push(
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as FrameProvenance),
    );
  }
  return lines;
}
