/** ONNX Runtime as an engine: a program becomes an ONNX model, a session runs it. */
import * as ort from 'onnxruntime-node';
import { SunganError } from '../../../core/errors.ts';
import { elementCount, type Program, type Shape } from '../../graph/index.ts';
import type { CompiledProgram, Engine, EngineOptions, Value } from '../engine.ts';
import { channelBlockOfProcessor } from './blocked.ts';
import { BufferPool } from './buffer-pool.ts';
import { createDevice } from './device.ts';
import { type CompiledModel, OUTPUT_PREFIX, programToOnnx } from './model.ts';
import { type OrtValue, tensorFor } from './value.ts';

export type OrtProvider = 'cpu' | 'cuda' | 'webgpu';

/**
 * A WebGPU shader may bind eight storage buffers where a device promises no more than the standard asks: one is the
 * input of a Split, the others its outputs.
 */
const SPLIT_LIMITS: Partial<Record<OrtProvider, number>> = { webgpu: 7 };

/**
 * The WebGPU provider of ONNX Runtime 1.30 computes 3x3 convolutions of 9 or 33 channels to a multiple of 4 wrongly (found
 * against the processor's results); multiples of 4 it computes rightly.
 */
const CHANNEL_MULTIPLES: Partial<Record<OrtProvider, number>> = { webgpu: 4 };

/** Providers whose buffers the runtime hands out to JavaScript. CUDA's it does not. */
const ON_CARD: ReadonlySet<OrtProvider> = new Set(['webgpu']);

export async function createOrtEngine(provider: OrtProvider, options: EngineOptions): Promise<Engine> {
  const pool = new BufferPool();
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    enableCpuMemArena: options.holdMemory ?? true,
    extra: { session: { intra_op: { allow_spinning: options.spin ? '1' : '0' } } },
  };
  const device = ON_CARD.has(provider)
    ? createDevice((program, model, more) => openSession(program, model, { ...sessionOptions, ...more }))
    : undefined;
  return {
    name: `ort:${provider}`,
    description: `ONNX Runtime ${ort.env.versions.node ?? ort.env.versions.common}, ${provider}, ${options.threads} threads`,
    // From the pool as well: what is uploaded each step would else fill it without end.
    upload: (data, shape) => {
      const copy = pool.take(data.length);
      copy.set(data);
      return makeValue(pool, copy, shape);
    },
    keep: async (value) => {
      if (!device) return value;
      const kept = await device.keep(value);
      value.dispose();
      return kept;
    },
    async compile(program) {
      const model = programToOnnx(program, {
        splitLimit: SPLIT_LIMITS[provider],
        channelMultiple: CHANNEL_MULTIPLES[provider],
        channelBlock: provider === 'cpu' ? await channelBlockOfProcessor() : undefined,
      });
      if (device) return device.compile(program, model);
      const session = await openSession(program, model, sessionOptions);
      return compiledProgram(program, model, session, pool);
    },
    close: async () => device?.close(),
  };
}

async function openSession(
  program: Program,
  model: CompiledModel,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model.bytes, options);
  } catch (cause) {
    throw new SunganError('engine', `ONNX Runtime refuses the program: ${(cause as Error).message}`, {
      where: `program ${program.name} on ${String(options.executionProviders)}`,
      remedy: 'run `sungan doctor` to see which engines work here',
      cause,
    });
  }
}

function compiledProgram(
  program: Program,
  model: CompiledModel,
  session: ort.InferenceSession,
  pool: BufferPool,
): CompiledProgram {
  return {
    async run(inputs) {
      const feeds: Record<string, ort.Tensor> = {};
      for (const { name, dimensions } of model.inputs)
        feeds[name] = tensorFor(program, name, dimensions as Shape, inputs[name]);
      const outputs: Record<string, Value> = {};
      const fetches: Record<string, ort.Tensor> = {};
      for (const { name, dimensions } of model.outputs) {
        const shape = dimensions as Shape;
        const value = makeValue(pool, pool.take(elementCount(shape)), shape);
        outputs[name.slice(OUTPUT_PREFIX.length)] = value;
        fetches[name] = value.tensor;
      }
      await session.run(feeds, fetches);
      return outputs;
    },
    close: () => session.release(),
  };
}

function makeValue(pool: BufferPool, data: Float32Array, shape: Shape): OrtValue {
  let live = true;
  return {
    shape,
    tensor: new ort.Tensor('float32', data, [...shape]),
    read: async () => data.slice(),
    dispose() {
      if (live) pool.give(data);
      live = false;
    },
  };
}
