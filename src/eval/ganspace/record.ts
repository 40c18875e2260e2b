/** What a look into style space leaves in a run: `ganspace.json`, which the report and `generate` read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SunganError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/files.ts';
import type { Gallery } from '../gallery.ts';
import type { ComponentSettings } from './components.ts';

/** One solar quantity under one component. Changes are in standard deviations of the quantity over the pictures. */
export interface Effect {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** Correlation over pictures as they come, with an interval that holds for all components together. */
  readonly r: number;
  readonly low: number;
  readonly high: number;
  /** Regression: change a standard deviation of the component. */
  readonly slope: number;
  readonly slopeError: number;
  /** The same by moving pictures along the component and nothing else. */
  readonly moved: number;
  readonly movedError: number;
}

export interface ComponentRecord {
  /** From 1, by falling variance. */
  readonly number: number;
  /** Of the whole variance of styles. */
  readonly share: number;
  readonly effects: readonly Effect[];
}

export interface GanspaceRecord {
  readonly schema: 1;
  readonly version: string;
  readonly createdAt: string;
  /** Below the run: `checkpoints/00000500.safetensors`; elsewhere its whole path. (Once the bare name.) */
  readonly checkpoint: string;
  /** Not in old records. */
  readonly checkpointSha256?: string;
  readonly kimg: number;
  readonly settings: ComponentSettings;
  /** Pictures that were measured, and those that were moved along each component. */
  readonly pictures: number;
  readonly moved: number;
  readonly components: readonly ComponentRecord[];
  /** The component that goes with solar activity most; null when none does for certain. */
  readonly cycle: { readonly component: number; readonly effect: Effect } | null;
  readonly strips: Gallery;
  readonly warnings: readonly string[];
}

const FILE = 'ganspace.json';

export async function writeGanspace(directory: string, record: GanspaceRecord): Promise<string> {
  const path = join(directory, FILE);
  await writeAtomic(path, `${JSON.stringify(record)}\n`);
  return path;
}

/** What a wrong value of would do harm silently; the rest is only shown. */
const frame = z.looseObject({
  schema: z.literal(1),
  components: z.array(z.unknown()),
  checkpoint: z.string(),
  settings: z.looseObject({ styles: z.number().int().positive(), seed: z.number().int().min(0) }),
});

/** Undefined when nobody has looked. */
export async function readGanspace(directory: string): Promise<GanspaceRecord | undefined> {
  const path = join(directory, FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return frame.parse(JSON.parse(text)) as unknown as GanspaceRecord;
  } catch (cause) {
    throw new SunganError('format', 'not a record of components', {
      where: path,
      remedy: 'delete it and run `sungan ganspace` again',
      cause,
    });
  }
}
