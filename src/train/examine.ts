/** One engine tried out: opened, and timed on the reference convolution. */
import { createRandom } from '../numeric/random.ts';
import { type Engine, type EngineName, engineRemedy, engineSummary, openEngine } from './engines/index.ts';
import { elementCount, Graph, type Program } from './graph/index.ts';

export interface EngineReport {
  name: EngineName;
  summary: string;
  present: boolean;
  /** Program and hardware, when it is present. */
  description: string | undefined;
  /** Of the reference convolution, when it is present. */
  gigaflops: number | undefined;
  /** Why it is absent, and the command that brings it. */
  problem: string | undefined;
  remedy: string | undefined;
}

/** The reference: 3x3 convolution of 8 images of 32x32, 128 channels to 128, as in the middle of a 64-pixel network. */
const REFERENCE = { count: 8, channels: 128, side: 32, size: 3 };

export function absentEngine(name: EngineName, problem: string): EngineReport {
  return {
    name,
    summary: engineSummary(name),
    present: false,
    description: undefined,
    gigaflops: undefined,
    problem,
    remedy: engineRemedy(name),
  };
}

export async function examineEngine(name: EngineName, threads: number): Promise<EngineReport> {
  const summary = engineSummary(name);
  try {
    const engine = await openEngine(name, { threads });
    try {
      const gigaflops = await measureConvolution(engine);
      return {
        name,
        summary,
        present: true,
        description: engine.description,
        gigaflops,
        problem: undefined,
        remedy: undefined,
      };
    } finally {
      await engine.close();
    }
  } catch (error) {
    return absentEngine(name, (error as Error).message.split('\n')[0]!);
  }
}

function referenceProgram(): Program {
  const { count, channels, side, size } = REFERENCE;
  const graph = new Graph();
  const images = graph.input('images', [count, channels, side, side]);
  const kernels = graph.input('kernels', [channels, channels, size, size]);
  return {
    name: 'reference convolution',
    graph,
    outputs: { result: graph.convolution(images, kernels, { stride: 1, pad: 1 }) },
  };
}

/** GFLOP/s of the best of several runs. */
async function measureConvolution(engine: Engine): Promise<number> {
  const program = await engine.compile(referenceProgram());
  const { count, channels, side, size } = REFERENCE;
  const random = createRandom(1);
  const upload = (shape: number[]) =>
    engine.upload(Float32Array.from({ length: elementCount(shape) }, random.uniform), shape);
  const inputs = {
    images: upload([count, channels, side, side]),
    kernels: upload([channels, channels, size, size]),
  };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 6; run++) {
    const startedAt = performance.now();
    const { result } = await program.run(inputs);
    await result!.read();
    best = Math.min(best, performance.now() - startedAt);
    result!.dispose();
  }
  await program.close();
  const operations = 2 * count * side * side * channels * channels * size * size;
  return Math.round((operations / best / 1e6) * 10) / 10;
}
