import * as ort from 'onnxruntime-node';
import { describe, expect, it, type TestContext } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import { channelBlockOfProcessor } from '../../src/train/engines/ort/blocked.ts';
import { programToOnnx } from '../../src/train/engines/ort/model.ts';
import { elementCount, Graph, type Node, type Program } from '../../src/train/graph/index.ts';

it.each([2, 3, 7, 100])(
  'cuts a tensor into many parts with at most %i outputs an operator',
  async (splitLimit) => {
    const graph = new Graph();
    const lengths = Array.from({ length: 20 }, (_, i) => 1 + (i % 4));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const whole = graph.input('whole', [total]);
    let begin = 0;
    const parts = lengths.map((length) => {
      begin += length;
      return graph.slice(whole, 0, begin - length, begin);
    });
    const outputs = Object.fromEntries(parts.map((part, i) => [`part${i}`, part]));
    const { bytes } = programToOnnx(
      { name: 'parts', graph, outputs },
      { splitLimit, outputName: (name) => name },
    );
    const session = await ort.InferenceSession.create(bytes);
    const values = Float32Array.from({ length: total }, (_, i) => i);
    const results = await session.run({ whole: new ort.Tensor('float32', values, [total]) });
    const joined = lengths.flatMap((_, i) => [...(results[`part${i}`]!.data as Float32Array)]);
    expect(joined).toEqual([...values]);
    await session.release();
  },
);

/** Inputs of a program with normal numbers, and what it gives for them with blocks of channels or without. */
function blocksOf({ graph, outputs }: Omit<Program, 'name'>, inputs: Readonly<Record<string, Node>>) {
  const random = createRandom('blocks');
  const program = { name: 'blocks', graph, outputs };
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, node]) => {
      const data = Float32Array.from({ length: elementCount(node.shape) }, () => random.normal());
      return [name, new ort.Tensor('float32', data, [...node.shape])];
    }),
  );
  const compile = (channelBlock?: number) => programToOnnx(program, { channelBlock }).bytes;
  async function run(channelBlock?: number): Promise<Map<string, Float32Array>> {
    const session = await ort.InferenceSession.create(compile(channelBlock));
    const results = await session.run(feeds);
    await session.release();
    return new Map(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  }
  return { compile, run };
}

type Nodes = Readonly<Record<string, Node>>;

/** Every output with blocks as without, relative to its largest value. */
async function expectAlike(graph: Graph, outputs: Nodes, inputs: Nodes, context: TestContext): Promise<void> {
  const block = await channelBlockOfProcessor();
  if (block === undefined) return context.skip('the runtime has no blocked convolutions on this processor');
  const { run, compile } = blocksOf({ graph, outputs }, inputs);
  expect(Buffer.from(compile(block)).includes('com.microsoft')).toBe(true);
  const [standard, blocked] = [await run(), await run(block)];
  for (const [name, values] of standard) {
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largestDifference(blocked.get(name)!, values) / size, name).toBeLessThan(1e-5);
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), Math.abs(a.length - b.length));
}

describe('convolutions in blocks of channels', () => {
  const graph = new Graph();
  const side = 12;
  const x = graph.input('x', [2, 32, side, side]);
  const w = graph.input('w', [64, 32, 3, 3]);
  const bias = graph.input('bias', [1, 64, 1, 1]);
  const active = graph.leakyRelu(graph.add(graph.convolution(x, w, { stride: 1, pad: 1 }), bias), 0.2);
  const filtered = graph.resample(active, { taps: [1, 3, 4], up: 1, down: 1, before: 1, after: 0 });
  const { run, compile } = blocksOf({ graph, outputs: { filtered } }, { x, w, bias });

  it('are those of the standard, at the length of a block that was found and at no other', async (context) => {
    const block = await channelBlockOfProcessor();
    if (block === undefined) return context.skip('the runtime has no blocked convolutions on this processor');
    const standard = (await run()).get('out:filtered')!;
    const difference = async (length: number) =>
      largestDifference((await run(length)).get('out:filtered')!, standard);
    expect(await difference(block)).toBeLessThan(1e-3);
    expect(await difference(block === 16 ? 8 : 16)).toBeGreaterThan(1e-3);
  });

  it('need operators of the runtime only where a block is given', () => {
    const isStandard = (channelBlock?: number) =>
      !Buffer.from(compile(channelBlock)).includes('com.microsoft');
    expect(isStandard()).toBe(true);
    expect(isStandard(16)).toBe(false);
  });
});

describe('the adjoint of a convolution of stride 2, in blocks', () => {
  const graph = new Graph();
  const y = graph.input('y', [2, 32, 12, 9]);
  const w = graph.input('w', [32, 64, 3, 3]);
  const raised = graph.convolutionInput(y, w, { stride: 2, pad: 0, shape: [2, 64, 25, 19] });
  const filter = (before: number, after: number, down = 1) =>
    graph.resample(raised, { taps: [1, 3, 4, 2], up: 1, down, before, after });
  const outputs = {
    filtered: filter(1, 1),
    wide: filter(2, 2),
    behind: filter(2, 0),
    halved: filter(1, 1, 2),
    twice: graph.convolution(raised, w, { stride: 2, pad: 0 }),
  };

  it.for<[string, Nodes]>([
    ['alone', { raised }],
    ['before filters', outputs],
    ['as both', { raised, ...outputs }],
  ])('%s: that of the standard', ([, wanted], context) => expectAlike(graph, wanted, { y, w }, context));
});

describe('the gradient of kernels of stride 2 behind a filter, in blocks', () => {
  const graph = new Graph();
  const x = graph.input('x', [2, 32, 16, 12]);
  const y = graph.input('y', [2, 48, 8, 6]);
  const w = graph.input('w', [32, 48, 3, 3]);
  const gradientOf = (images: Node, results: Node) => {
    const shape = [results.shape[1]!, images.shape[1]!, 3, 3];
    return graph.convolutionWeights(images, results, { stride: 2, pad: 0, shape });
  };
  const blur = (images: Node, before: number, after: number) =>
    graph.resample(images, { taps: [1, 3, 4, 2], up: 1, down: 1, before, after });
  const filtered = blur(x, 2, 2);
  const unpadded = blur(x, 0, 2);
  // Side 33 with zeros behind, filtered to 33 again.
  const z = graph.input('z', [2, 32, 16, 16]);
  const raised = graph.convolutionInput(z, w, { stride: 2, pad: 0, shape: [2, 48, 33, 33] });
  const again = blur(raised, 1, 2);
  const outputs = {
    gradient: gradientOf(filtered, y),
    filtered,
    unpadded: gradientOf(unpadded, graph.slice(graph.slice(y, 2, 0, 7), 3, 0, 5)),
    again: gradientOf(again, z),
  };

  it('is that of the standard', (context) => expectAlike(graph, outputs, { x, y, z, w }, context));
});
