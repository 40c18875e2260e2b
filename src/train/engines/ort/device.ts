/**
 * Values that stay in the memory of a card between two runs. The runtime gives outputs as buffers of the card where it
 * is asked to, and takes such buffers as inputs; what it lacks is the way back, so a value is read through a program
 * that does nothing but give it to the processor.
 */
import * as ort from 'onnxruntime-node';
import { elementCount, Graph, type Program, type Shape } from '../../graph/index.ts';
import type { CompiledProgram, Value } from '../engine.ts';
import { type CompiledModel, OUTPUT_PREFIX, programToOnnx } from './model.ts';
import type { OrtValue } from './value.ts';
import { tensorFor } from './value.ts';

type OpenSession = (
  program: Program,
  model: CompiledModel,
  options: Partial<ort.InferenceSession.SessionOptions>,
) => Promise<ort.InferenceSession>;

export interface Device {
  compile(program: Program, model: CompiledModel): Promise<CompiledProgram>;
  /** A copy on the card. */
  keep(value: Value): Promise<Value>;
  close(): Promise<void>;
}

type Place = 'cpu' | 'gpu-buffer';

export function createDevice(open: OpenSession): Device {
  const copiers = new Map<string, Promise<ort.InferenceSession>>();

  /** Moves values of one shape; the runtime puts the output where it is wanted. */
  function copier(shape: Shape, place: Place): Promise<ort.InferenceSession> {
    const key = `${shape.join('x')} ${place}`;
    const known = copiers.get(key);
    if (known) return known;
    const graph = new Graph();
    // A sum, though of nothing: the output of an operation that does nothing shares its input's buffer, which is freed.
    const sum = graph.add(graph.input('value', shape), graph.input('zero', []));
    const program = { name: 'copy', graph, outputs: { copy: sum } };
    const opened = open(program, programToOnnx(program), { preferredOutputLocation: place });
    copiers.set(key, opened);
    return opened;
  }

  async function copy(tensor: ort.Tensor, shape: Shape, place: Place): Promise<ort.Tensor> {
    const session = await copier(shape, place);
    const result = await session.run({ value: tensor, zero: new ort.Tensor('float32', [0], []) });
    return result[`${OUTPUT_PREFIX}copy`]!;
  }

  function onCard(tensor: ort.Tensor, shape: Shape): OrtValue {
    let live = true;
    return {
      shape,
      tensor,
      read: async () => Float32Array.from((await copy(tensor, shape, 'cpu')).data as Float32Array),
      dispose() {
        if (live) tensor.dispose();
        live = false;
      },
    };
  }

  return {
    async compile(program, model) {
      // Single numbers are for the processor: they are statistics, or cost nothing to send back.
      const places = model.outputs.map(({ name, dimensions }): [string, Place] => [
        name,
        elementCount(dimensions as Shape) > 1 ? 'gpu-buffer' : 'cpu',
      ]);
      const session = await open(program, model, { preferredOutputLocation: Object.fromEntries(places) });
      return {
        async run(inputs) {
          const feeds: Record<string, ort.Tensor> = {};
          for (const { name, dimensions } of model.inputs)
            feeds[name] = tensorFor(program, name, dimensions as Shape, inputs[name]);
          const results = await session.run(feeds);
          return Object.fromEntries(
            model.outputs.map(({ name, dimensions }) => {
              const value = placed(results[name]!, dimensions as Shape);
              return [name.slice(OUTPUT_PREFIX.length), value];
            }),
          );
        },
        close: () => session.release(),
      };
    },
    async keep(value) {
      const { tensor } = value as OrtValue;
      const moved = await copy(tensor, value.shape, 'gpu-buffer');
      return onCard(moved, value.shape);
    },
    async close() {
      for (const session of copiers.values()) await (await session).release();
    },
  };

  function placed(tensor: ort.Tensor, shape: Shape): OrtValue {
    if (tensor.location === 'gpu-buffer') return onCard(tensor, shape);
    const data = tensor.data as Float32Array;
    return { shape, tensor, read: async () => data.slice(), dispose() {} };
  }
}
