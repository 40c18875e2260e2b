/** From seeds to styles and from styles to images: what the sampler does in one step, in two. */
import type { CompiledProgram, Engine, Value } from './engines/index.ts';
import type { Program } from './graph/index.ts';
import { type LabelFacts, labelRows } from './labels.ts';
import type { GanNetworks } from './networks/network.ts';
import { drawForSeeds, type SampleInputs, toImages } from './sampler.ts';
import { mappingProgram, synthesisProgram } from './steps/index.ts';

export interface StyleSampler {
  /** Styles [seeds, styleSize] as learnt, without truncation. */
  map(seeds: readonly number[], inputs: Pick<SampleInputs, 'weights' | 'label'>): Promise<Float32Array>;
  /** Images [seeds, C, S, S], 0..1, of styles [seeds, styleSize]; the seeds give the noise. */
  synthesise(
    styles: Float32Array,
    seeds: readonly number[],
    inputs: Pick<SampleInputs, 'weights' | 'fade'>,
  ): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Programs are compiled when they are first used. `labels`: of a conditional network. */
export function createStyleSampler(
  engine: Engine,
  networks: GanNetworks,
  batch: number,
  labels?: LabelFacts,
): StyleSampler {
  const { latentSize, styleSize, noiseLength, channels, resolution } = networks;
  const imageSize = channels * resolution ** 2;
  const compiled = new Map<string, CompiledProgram>();

  async function run(program: () => Program, key: string, inputs: Record<string, Value>, kept: Value) {
    if (!compiled.has(key)) compiled.set(key, await engine.compile(program()));
    const [output] = Object.values(await compiled.get(key)!.run({ ...inputs, weights: kept }));
    const values = await output!.read();
    for (const value of [...Object.values(inputs), output!]) value.dispose();
    return values;
  }

  /** Calls `work` with portions of one batch and joins what they give, `size` values a seed. */
  async function inBatches(
    seeds: readonly number[],
    size: number,
    work: (part: readonly number[], begin: number) => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const result = new Float32Array(seeds.length * size);
    for (let begin = 0; begin < seeds.length; begin += batch) {
      const part = seeds.slice(begin, begin + batch);
      result.set((await work(part, begin)).subarray(0, part.length * size), begin * size);
    }
    return result;
  }

  const drawn = (seeds: readonly number[], length: number, purpose: string) =>
    engine.upload(drawForSeeds(seeds, batch, length, purpose), [batch, length]);

  return {
    map: (seeds, { weights, label }) =>
      inBatches(seeds, styleSize, (part) => {
        const inputs: Record<string, Value> = { latents: drawn(part, latentSize, 'latent') };
        if (labels) {
          const rows = labelRows(labels, part, batch, label);
          inputs['labels'] = engine.upload(rows, [batch, labels.names.length]);
        }
        return run(() => mappingProgram(networks, batch), 'map', inputs, weights);
      }),
    async synthesise(styles, seeds, { weights, fade }) {
      const images = await inBatches(seeds, imageSize, (part, begin) => {
        const rows = new Float32Array(batch * styleSize);
        rows.set(styles.subarray(begin * styleSize, (begin + part.length) * styleSize));
        const inputs: Record<string, Value> = { styles: engine.upload(rows, [batch, styleSize]) };
        if (noiseLength > 0) inputs['noise'] = drawn(part, noiseLength, 'noise');
        if (networks.fades) inputs['fade'] = engine.upload(Float32Array.of(fade), []);
        return run(() => synthesisProgram(networks, batch), 'synthesise', inputs, weights);
      });
      return toImages(images);
    },
    async close() {
      for (const program of compiled.values()) await program.close();
    },
  };
}
