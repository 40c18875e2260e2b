/** The generator of a run as an ONNX model that any runtime loads, apart from this program. */
import { writeAtomic } from '../core/files.ts';
import { VERSION } from '../core/version.ts';
import { createNetworks } from './assemble.ts';
import { programToOnnx } from './engines/ort/model.ts';
import type { Checkpoint } from './run/checkpoint.ts';
import { chooseCheckpoint } from './run/choose.ts';
import { samplerProgram } from './steps/index.ts';

/** Stands for the open batch while the graph is built: a prime that is no size of anything else. */
const OPEN_BATCH = 104_729;

export interface ExportSummary {
  path: string;
  bytes: number;
  checkpoint: string;
}

/**
 * Writes the averaged generator of the run in `directory` to `path`. Inputs: `latents` [batch, latentSize] and `noise`
 * [batch, noiseLength], both standard normal, and the scalar `truncation`. Output: `images` [batch, C, S, S], 0..1 in
 * transform space, row 0 south. The model's metadata holds the transform and says that its pictures are generated.
 */
export async function exportGenerator(
  directory: string,
  path: string,
  wanted?: string,
): Promise<ExportSummary> {
  const checkpoint = await chooseCheckpoint(directory, wanted);
  const bytes = generatorModel(checkpoint);
  await writeAtomic(path, bytes);
  return { path, bytes: bytes.length, checkpoint: checkpoint.path };
}

function generatorModel({ network, side, fade, values, dataset, counters }: Checkpoint): Uint8Array {
  const { graph, outputs } = samplerProgram(createNetworks(network, side), OPEN_BATCH);
  const scaled = graph.multiply(graph.add(outputs['images']!, 1), 0.5);
  const program = { name: 'generator', graph, outputs: { images: graph.clamp(scaled, 0, 1) } };
  const fixed = new Map([
    ['weights', values.get('generator/average')!],
    ['styleAverage', values.get('generator/styleAverage')!],
    ['fade', Float32Array.of(fade)],
  ]);
  const metadata = {
    software: `sungan ${VERSION}`,
    note: 'Images made by this model are GENERATED, not observations of the Sun.',
    network: JSON.stringify(network),
    dataset: JSON.stringify(dataset),
    images_seen: String(counters.images),
  };
  const openBatch = { size: OPEN_BATCH, input: 'latents' };
  return programToOnnx(program, { outputName: (name) => name, fixed, openBatch, metadata }).bytes;
}
