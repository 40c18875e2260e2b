/** Inception features of prepared pictures, by ONNX Runtime on the processor. */
import { availableParallelism } from 'node:os';
import type * as Ort from 'onnxruntime-node';
import { SunganError } from '../../core/errors.ts';
import { FEATURES, INPUT_SIZE } from './architecture.ts';
import { FEATURES_NAME, INPUT_NAME, inceptionModel, MAP_NAMES } from './onnx.ts';
import type { InceptionWeights } from './weights.ts';

export interface FeatureExtractor {
  /** What is part of every number made with it. */
  readonly name: string;
  /** Of the weights file. */
  readonly hash: string;
  readonly dimension: number;
  /** [n, 3, 299, 299] in -1..1 to [n, 2048]. */
  features(images: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

const IMAGE_LENGTH = 3 * INPUT_SIZE * INPUT_SIZE;

export async function createExtractor(
  weights: InceptionWeights,
  identity: { name: string; hash: string },
  threads = availableParallelism(),
): Promise<FeatureExtractor> {
  const { ort, session } = await openSession(inceptionModel(weights), threads);
  return {
    ...identity,
    dimension: FEATURES,
    async features(images) {
      const outputs = await session.run({ [INPUT_NAME]: inputTensor(ort, images) });
      return Float32Array.from(outputs[FEATURES_NAME].data as Float32Array);
    },
    close: () => session.release(),
  };
}

/** Features and the maps of the first three blocks, for finding where a port departs from another. */
export async function inceptionMaps(
  weights: InceptionWeights,
  images: Float32Array,
): Promise<Record<string, Float32Array>> {
  const { ort, session } = await openSession(inceptionModel(weights, true), availableParallelism());
  const outputs = await session.run({ [INPUT_NAME]: inputTensor(ort, images) });
  const names = [FEATURES_NAME, ...MAP_NAMES];
  const maps = Object.fromEntries(
    names.map((name) => [name, Float32Array.from(outputs[name].data as Float32Array)]),
  );
  await session.release();
  return maps;
}

async function openSession(
  model: Uint8Array,
  threads: number,
): Promise<{ ort: typeof Ort; session: Ort.InferenceSession }> {
  // Loaded here, because it starts native code that a report has no use for.
  const ort = await import('onnxruntime-node');
  try {
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
    return { ort, session };
  } catch (cause) {
    throw new SunganError('engine', `the Inception network does not start: ${(cause as Error).message}`, {
      remedy: '`sungan doctor` says which engines work here',
      cause,
    });
  }
}

function inputTensor(ort: typeof Ort, images: Float32Array): Ort.Tensor {
  return new ort.Tensor('float32', images, [images.length / IMAGE_LENGTH, 3, INPUT_SIZE, INPUT_SIZE]);
}
