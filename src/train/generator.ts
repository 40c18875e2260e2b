/** A trained generator, opened from a run: what `generate` and the evaluation use. */
import { availableParallelism } from 'node:os';
import { SunganError } from '../core/errors.ts';
import type { TransformRecord } from '../curate/index.ts';
import { createNetworks } from './assemble.ts';
import { type EngineName, openEngine } from './engines/index.ts';
import { type LabelFacts, labelIndex } from './labels.ts';
import { chooseCheckpoint } from './run/choose.ts';
import { createSampler } from './sampler.ts';
import { createStyleSampler } from './style-sampler.ts';

export interface Generator {
  readonly resolution: number;
  readonly channels: number;
  readonly latentSize: number;
  readonly styleSize: number;
  /** How DN became 0..1, for the first channel and for each. */
  readonly transform: TransformRecord;
  readonly transforms: readonly TransformRecord[];
  /** The checkpoint it came from, and the images the network had seen. */
  readonly checkpoint: string;
  readonly seenImages: number;
  readonly dataset: { name: string; hash: string; simulated: boolean };
  /** The classes of a conditional generator. */
  readonly labels: LabelFacts | undefined;
  /** [seeds, C, H, W], 0..1 in transform space, row 0 south. Equal seeds give equal images, in any company. */
  generate(seeds: readonly number[], options?: GenerateImageOptions): Promise<Float32Array>;
  /** Styles (w) [seeds, styleSize] that the seeds' latents are mapped to; `generate` is these, synthesised. */
  styles(seeds: readonly number[], options?: GenerateImageOptions): Promise<Float32Array>;
  /** Images as `generate` gives them, of styles [seeds, styleSize] from wherever; the seeds give the noise. */
  synthesise(styles: Float32Array, seeds: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface GenerateImageOptions {
  /** 1: as learnt; less: nearer to the mean style, more typical and less varied. */
  truncation?: number;
  /** A class by its name; default: drawn by each seed, as often as in the training images. */
  label?: string | undefined;
}

export interface OpenGeneratorOptions {
  /** A file, or the name of one in the run (`best-swd`). Default: the newest of the run. */
  checkpoint?: string | undefined;
  engine?: EngineName | 'auto';
  threads?: number;
  batch?: number;
}

/** Opens the averaged generator of the run in `directory`. */
export async function openGenerator(
  directory: string,
  options: OpenGeneratorOptions = {},
): Promise<Generator> {
  const checkpoint = await chooseCheckpoint(directory, options.checkpoint);
  const networks = createNetworks(checkpoint.network, checkpoint.side);
  const engine = await openEngine(options.engine ?? 'auto', {
    threads: options.threads ?? Math.min(16, availableParallelism()),
  });
  const batch = options.batch ?? 16;
  const { labels } = checkpoint.dataset;
  const sampler = await createSampler(engine, networks, batch, labels);
  const styler = createStyleSampler(engine, networks, batch, labels);
  const load = (name: string) => {
    const data = checkpoint.values.get(name);
    if (!data) throw new SunganError('format', `tensor '${name}' is missing`, { where: checkpoint.path });
    return engine.upload(data, [data.length]);
  };
  const weights = load('generator/average');
  const styleAverage = load('generator/styleAverage');
  const averageStyle = checkpoint.values.get('generator/styleAverage')!;
  const { resolution, channels, latentSize, styleSize } = networks;
  const { fade } = checkpoint;
  const { transforms, name, hash, simulated } = checkpoint.dataset;
  return {
    resolution,
    channels,
    latentSize,
    styleSize,
    transform: transforms[0]!,
    transforms,
    checkpoint: checkpoint.path,
    seenImages: checkpoint.counters.images,
    dataset: { name, hash, simulated },
    labels,
    generate: async (seeds, { truncation = 1, label } = {}) =>
      sampler.sample(seeds, { weights, styleAverage, truncation, fade, label: labelIndex(labels, label) }),
    async styles(seeds, { truncation = 1, label } = {}) {
      const mapped = await styler.map(seeds, { weights, label: labelIndex(labels, label) });
      return mapped.map((value, i) => {
        const mean = averageStyle[i % styleSize]!;
        return mean + truncation * (value - mean);
      });
    },
    synthesise: (styles, seeds) => styler.synthesise(styles, seeds, { weights, fade }),
    async close() {
      await styler.close();
      await sampler.close();
      await engine.close();
    },
  };
}
