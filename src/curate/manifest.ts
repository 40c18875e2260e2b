/** The manifest: what a dataset is, how it was made, and the hash of every file of its arrays. */
import { join } from 'node:path';
import { z } from 'zod';
import { SunganError } from '../core/errors.ts';
import { readJson } from '../core/files.ts';
import { TRANSFORM_NAMES } from './transforms/index.ts';

export const MANIFEST_FILE = 'manifest.json';

const transformRecord = z.strictObject({
  name: z.enum(TRANSFORM_NAMES),
  version: z.number(),
  constants: z.record(z.string(), z.number()),
  formula: z.string(),
  inverse: z.string(),
});

const manifestSchema = z.strictObject({
  format: z.literal('sungan-dataset'),
  formatVersion: z.literal(1),
  name: z.string(),
  /** True when the frames are made by the simulator; never mixed with real ones. */
  simulated: z.boolean(),
  /** Every choice that a pixel or a verdict depends on. A dataset has one recipe for life. */
  recipe: z.strictObject({
    channels: z.array(z.string()),
    /** Seconds between the first channel and the others at most. */
    toleranceSeconds: z.number(),
    size: z.number(),
    source: z.string().nullable(),
    pointing: z.enum(['header', 'table']),
    degradation: z.enum(['none', 'v10', 'empirical']),
    responseTableSha256: z.string().nullable(),
    /** By channel; null unless the degradation is fitted. */
    empirical: z
      .record(
        z.string(),
        z.strictObject({ referenceMs: z.number(), linear: z.number(), quadratic: z.number() }),
      )
      .nullable(),
    fixedRadiusArcsec: z.number().nullable(),
    respike: z.boolean(),
    strict: z.boolean(),
    nrt: z.boolean(),
    exposureTolerance: z.number(),
    slotToleranceSeconds: z.number(),
    limits: z.record(z.string(), z.number()),
    blockListSha256: z.string().nullable(),
    cadenceSeconds: z.number().nullable(),
    substituteSeconds: z.number().nullable(),
    /** Frames of each level of activity at most; null: not balanced. */
    balanceCap: z.number().nullable(),
    seed: z.number(),
    guardDays: z.number(),
    /** Of pictures that `import` took; null for frames. */
    imported: z
      .strictObject({
        colourTable: z.string(),
        masks: z.array(z.string()),
        /** `black:white` in linear values; absent: all that the transform holds. */
        range: z.string().optional(),
      })
      .nullable(),
  }),
  /** One for each channel. */
  transforms: z.array(transformRecord),
  /** Pixels a side, descending. */
  levels: z.array(z.number()),
  /** Frames in one shard of each level, by its size. */
  framesPerShard: z.record(z.string(), z.number()),
  /** Committed frames. */
  count: z.number(),
  /** Array files by path inside the dataset. */
  files: z.record(z.string(), z.strictObject({ bytes: z.number(), sha256: z.string() })),
  /** Version of the program that wrote last. */
  madeBy: z.string(),
});

export type Manifest = z.output<typeof manifestSchema>;
export type Recipe = Manifest['recipe'];

/** The manifest of the dataset in `directory`, or undefined when there is none. */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, MANIFEST_FILE);
  const value = await readJson(path);
  if (value === undefined) return undefined;
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  throw new SunganError(
    'format',
    `not a manifest that this version reads: ${result.error.issues[0]?.message}`,
    {
      where: path,
      remedy: 'use the version of sungan that made the dataset, or make it anew under another --name',
    },
  );
}

/** Keys in the order of the schema: the bytes, whose hash names the dataset, are the same after any resume. */
export function encodeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`;
}

/** What differs between the recipe of the dataset and the one that is asked for, as `size 1024, asked for 512`. */
export function recipeDifferences(made: Manifest, wanted: Manifest): string[] {
  const differences: string[] = [];
  for (const key of Object.keys(wanted.recipe) as (keyof Recipe)[]) {
    const [before, after] = [describe(made.recipe[key]), describe(wanted.recipe[key])];
    if (before !== after) differences.push(`${key} ${before}, asked for ${after}`);
  }
  if (JSON.stringify(made.transforms) !== JSON.stringify(wanted.transforms)) {
    const [before, after] = [made, wanted].map(({ transforms }) =>
      transforms.map(({ name }) => name).join(', '),
    );
    const isSameName = before === after;
    differences.push(
      `transform ${before}, asked for ${after}${isSameName ? ' with other constants or of another version' : ''}`,
    );
  }
  return differences;
}

function describe(value: Recipe[keyof Recipe]): string {
  if (typeof value !== 'object' || value === null) return String(value);
  // By name: limits that are given in another order are the same.
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Array.isArray(value) ? value : Object.fromEntries(sorted));
}
