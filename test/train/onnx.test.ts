import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import { channelBlockOfProcessor } from '../../src/train/engines/ort/blocked.ts';
import { programToOnnx } from '../../src/train/engines/ort/model.ts';
import { elementCount, Graph } from '../../src/train/graph/index.ts';

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

describe('convolutions in blocks of channels', () => {
  const graph = new Graph();
  const side = 12;
  const x = graph.input('x', [2, 32, side, side]);
  const w = graph.input('w', [64, 32, 3, 3]);
  const bias = graph.input('bias', [1, 64, 1, 1]);
  const active = graph.leakyRelu(graph.add(graph.convolution(x, w, { stride: 1, pad: 1 }), bias), 0.2);
  const filtered = graph.resample(active, { taps: [1, 3, 4], up: 1, down: 1, before: 1, after: 0 });
  const program = { name: 'blocks', graph, outputs: { filtered } };
  const random = createRandom('blocks');
  const feeds = Object.fromEntries(
    Object.entries({ x, w, bias }).map(([name, node]) => {
      const data = Float32Array.from({ length: elementCount(node.shape) }, () => random.normal());
      return [name, new ort.Tensor('float32', data, [...node.shape])];
    }),
  );

  async function run(channelBlock?: number): Promise<Float32Array> {
    const session = await ort.InferenceSession.create(programToOnnx(program, { channelBlock }).bytes);
    const result = await session.run(feeds);
    await session.release();
    return result['out:filtered']!.data as Float32Array;
  }

  it('are those of the standard, at the length of a block that was found and at no other', async (context) => {
    const block = await channelBlockOfProcessor();
    if (block === undefined) return context.skip('the runtime has no blocked convolutions on this processor');
    const standard = await run();
    const differs = (values: Float32Array) =>
      values.some((value, i) => Math.abs(value - standard[i]!) > 1e-3);
    expect(differs(await run(block))).toBe(false);
    expect(differs(await run(block === 16 ? 8 : 16))).toBe(true);
  });

  it('need operators of the runtime only where a block is given', () => {
    const isStandard = (channelBlock?: number) =>
      !Buffer.from(programToOnnx(program, { channelBlock }).bytes).includes('com.microsoft');
    expect(isStandard()).toBe(true);
    expect(isStandard(16)).toBe(false);
  });
});
