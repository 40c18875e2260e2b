/** Images from latents: seeds in, pictures out. An image depends on its own seed only, not on its neighbours in a batch. */
import { createRandom } from '../numeric/random.ts';
import type { Engine, Value } from './engines/index.ts';
import { type LabelFacts, labelRows } from './labels.ts';
import type { GanNetworks } from './networks/network.ts';
import { samplerProgram } from './steps/index.ts';

export interface SampleInputs {
  weights: Value;
  styleAverage: Value;
  /** 1: as learnt; less: nearer to the mean style. */
  truncation: number;
  /** How far the newest layers are faded in, for growing networks. */
  fade: number;
  /** One class for all images; default: as often as in the training images. */
  label?: number | undefined;
}

export interface Sampler {
  /** Values in 0..1 (transform space), [seeds, C, S, S]. */
  sample(seeds: readonly number[], inputs: SampleInputs): Promise<Float32Array>;
  close(): Promise<void>;
}

/** `labels`: of a conditional network. */
export async function createSampler(
  engine: Engine,
  networks: GanNetworks,
  batch: number,
  labels?: LabelFacts,
): Promise<Sampler> {
  const { latentSize, noiseLength, channels, resolution } = networks;
  const compiled = await engine.compile(samplerProgram(networks, batch));
  const size = channels * resolution ** 2;

  async function sampleBatch(seeds: readonly number[], inputs: SampleInputs): Promise<Float32Array> {
    const { weights, styleAverage, truncation, fade, label } = inputs;
    const drawn = (length: number, purpose: string) =>
      engine.upload(drawForSeeds(seeds, batch, length, purpose), [batch, length]);
    const given: Record<string, Value> = {
      latents: drawn(latentSize, 'latent'),
      truncation: engine.upload(Float32Array.of(truncation), []),
    };
    if (noiseLength > 0) given['noise'] = drawn(noiseLength, 'noise');
    if (labels) {
      const rows = labelRows(labels, seeds, batch, label);
      given['labels'] = engine.upload(rows, [batch, labels.names.length]);
    }
    if (networks.fades) given['fade'] = engine.upload(Float32Array.of(fade), []);
    const { images } = await compiled.run({ ...given, weights, styleAverage });
    const values = await images!.read();
    for (const value of [...Object.values(given), images!]) value.dispose();
    return values;
  }

  return {
    async sample(seeds, inputs) {
      const result = new Float32Array(seeds.length * size);
      for (let begin = 0; begin < seeds.length; begin += batch) {
        const part = seeds.slice(begin, begin + batch);
        const values = await sampleBatch(part, inputs);
        result.set(values.subarray(0, part.length * size), begin * size);
      }
      return toImages(result);
    },
    close: () => compiled.close(),
  };
}

/** What the network gives, about -1..1, as 0..1. */
export function toImages(values: Float32Array): Float32Array {
  return values.map((value) => Math.min(1, Math.max(0, (value + 1) / 2)));
}

/** Standard normal rows, one a seed; rows that fill up the batch are zero. */
export function drawForSeeds(
  seeds: readonly number[],
  batch: number,
  length: number,
  purpose: string,
): Float32Array {
  const values = new Float32Array(batch * length);
  seeds.forEach((seed, row) => {
    const random = createRandom(seed).fork(purpose);
    for (let i = 0; i < length; i++) values[row * length + i] = random.normal();
  });
  return values;
}
