/** The use case: a run's generator in, picture files out. */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type Effects, throwIfStopped } from '../core/effects.ts';
import { SunganError } from '../core/errors.ts';
import { writeAtomic } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { encodeGrayPng } from './data/png.ts';
import { ENGINE_NAMES, type EngineName } from './engines/index.ts';
import { exportGenerator } from './export.ts';
import { type Generator, openGenerator } from './generator.ts';
import { labelsOfSeeds } from './labels.ts';
import { newestCheckpoint } from './run/checkpoint.ts';
import { checkpointPath } from './run/choose.ts';
import { findRun } from './run/folder.ts';
import { generatedWords } from './run/pictures.ts';

export const generateOptions = z.strictObject({
  run: z.string().default('latest').describe("run: its folder, its number, or 'latest'"),
  checkpoint: z
    .string()
    .optional()
    .describe('checkpoint: a file, or a name in the run such as best-swd [the newest of the run]'),
  seeds: z
    .array(z.coerce.number().int().min(0))
    .default([])
    .describe('seeds of the images; none: 0, 1, ... up to count'),
  count: z.coerce.number().int().positive().default(16).describe('how many images when no seeds are given'),
  truncation: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('1: as learnt; less: more typical, less varied'),
  label: z
    .string()
    .optional()
    .describe(
      'class of all images, for a generator trained with --label [as often as in the training images]',
    ),
  bits: z.coerce
    .number()
    .int()
    .refine((bits) => bits === 8 || bits === 16, 'must be 8 or 16')
    .default(16)
    .describe('bits a pixel: 8 or 16'),
  out: z.string().optional().describe('folder of the pictures [generated/ in the run]'),
  model: z
    .string()
    .optional()
    .describe('write the generator itself to this file, as an ONNX model, instead of pictures'),
  engine: z
    .enum(['auto', ...ENGINE_NAMES] as ['auto', ...EngineName[]])
    .default('auto')
    .describe('what computes'),
});

export type GenerateOptions = z.output<typeof generateOptions>;

export interface GenerateSummary {
  directory: string;
  checkpoint: string;
  /** Names of the files: pictures, or the model. */
  files: string[];
}

/** What `generate` would do: the run and its checkpoint are looked for, nothing is computed. */
export async function planGeneration(
  options: GenerateOptions,
  workspace: Workspace,
): Promise<{ run: string; checkpoint: string; count: number }> {
  const folder = await findRun(workspace, options.run);
  const checkpoint =
    options.checkpoint === undefined
      ? await newestCheckpoint(folder)
      : await checkpointPath(folder, options.checkpoint);
  if (checkpoint === undefined) {
    throw new SunganError('data', 'the run has no checkpoint yet', {
      where: folder.directory,
      remedy: 'sungan train --resume latest',
    });
  }
  return { run: folder.directory, checkpoint, count: options.seeds.length || options.count };
}

/** Images are made in portions of this many. */
const PORTION = 64;

export interface GenerateContext {
  workspace: Workspace;
  effects: Effects;
  /** Changes to styles before they become images. */
  restyling?: Restyling | undefined;
}

export interface Restyling {
  /** For the metadata of the pictures. */
  description: string;
  /** Asked once, when the generator is open; what it gives turns styles [n, styleSize] into others. */
  prepare(generator: Generator): Promise<(styles: Float32Array) => Float32Array>;
}

export async function generate(
  options: GenerateOptions,
  { workspace, effects, restyling }: GenerateContext,
): Promise<GenerateSummary> {
  const folder = await findRun(workspace, options.run);
  if (options.model !== undefined) return writeModel(folder.directory, options.model, options.checkpoint);
  const generator = await openGenerator(folder.directory, {
    checkpoint: options.checkpoint,
    engine: options.engine,
  });
  const directory = options.out ?? join(folder.directory, 'generated');
  const seeds =
    options.seeds.length > 0 ? options.seeds : Array.from({ length: options.count }, (_, seed) => seed);
  const progress = effects.progress('generate', seeds.length, 'images');
  const files: string[] = [];
  try {
    const makeImages = await imageMaker(generator, options, restyling);
    for (let begin = 0; begin < seeds.length; begin += PORTION) {
      throwIfStopped(effects.signal);
      const portion = seeds.slice(begin, begin + PORTION);
      const images = await makeImages(portion);
      files.push(...(await writePortion(generator, options, directory, portion, images, restyling)));
      progress.advance(portion.length);
    }
  } finally {
    progress.done();
    await generator.close();
  }
  return { directory, checkpoint: generator.checkpoint, files };
}

async function imageMaker(
  generator: Generator,
  { truncation, label }: GenerateOptions,
  restyling: Restyling | undefined,
): Promise<(seeds: readonly number[]) => Promise<Float32Array>> {
  if (!restyling) return (seeds) => generator.generate(seeds, { truncation, label });
  const restyle = await restyling.prepare(generator);
  return async (seeds) =>
    generator.synthesise(restyle(await generator.styles(seeds, { truncation, label })), seeds);
}

async function writeModel(
  run: string,
  path: string,
  checkpoint: string | undefined,
): Promise<GenerateSummary> {
  const written = await exportGenerator(run, path, checkpoint);
  return { directory: dirname(path), checkpoint: written.checkpoint, files: [basename(path)] };
}

async function writePortion(
  generator: Generator,
  options: GenerateOptions,
  directory: string,
  seeds: readonly number[],
  images: Float32Array,
  restyling: Restyling | undefined,
): Promise<string[]> {
  const { resolution, channels, checkpoint, transforms } = generator;
  const area = resolution ** 2;
  const files: string[] = [];
  for (let plane = 0; plane < seeds.length * channels; plane++) {
    const seed = seeds[Math.floor(plane / channels)]!;
    const channel = plane % channels;
    const file = `seed${String(seed).padStart(8, '0')}${channels > 1 ? `-channel${channel}` : ''}.png`;
    const words = {
      ...generatedWords(
        `${sourceOf(checkpoint)}, seed ${seed}, truncation ${options.truncation}${describeLabel(generator, seed, options.label)}${restyling ? `, ${restyling.description}` : ''}`,
      ),
      Transform: JSON.stringify(transforms[channel]),
    };
    const values = images.subarray(plane * area, (plane + 1) * area);
    const picture = { width: resolution, height: resolution, values };
    await writeAtomic(join(directory, file), encodeGrayPng(picture, options.bits as 8 | 16, words));
    files.push(file);
  }
  return files;
}

/** `, year 2014` for a conditional generator. */
function describeLabel({ labels }: Generator, seed: number, wanted: string | undefined): string {
  if (!labels) return '';
  return `, ${labels.kind} ${wanted ?? labels.names[labelsOfSeeds(labels, [seed])[0]!]}`;
}

/** Run and checkpoint, without the machine's folders: `0003-sungan/000020000.safetensors`. */
function sourceOf(checkpoint: string): string {
  const parts = checkpoint.split(/[\\/]/);
  return [parts.at(-3), parts.at(-1)].filter((part) => part !== undefined).join('/');
}
