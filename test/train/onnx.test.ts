import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { programToOnnx } from '../../src/train/engines/ort/model.ts';
import { Graph } from '../../src/train/graph/index.ts';

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
