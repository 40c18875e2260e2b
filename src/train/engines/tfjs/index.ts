/**
 * TensorFlow.js as an engine: the graph is interpreted call by call. It serves where a user has a working
 * `tfjs-node-gpu`; on a processor ONNX Runtime is faster than `tfjs-node`, and much faster than wasm.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import util from 'node:util';
import { SunganError } from '../../../core/errors.ts';
import {
  elementCount,
  formatShape,
  isOp,
  liveNodes,
  type Node,
  type OpName,
  type Program,
  type Shape,
} from '../../graph/index.ts';
import type { CompiledProgram, Engine, EngineOptions, Value } from '../engine.ts';
import type { Tf, TfBackend, TfTensor } from './api.ts';
import { OPERATIONS } from './operations.ts';

export interface TfjsPackages {
  /** Loaded in this order; the last one is the library itself. */
  names: string[];
  backend: 'tensorflow' | 'wasm';
  /** Without a card, TensorFlow's package for cards computes on the processor and says nothing. */
  needsCard?: boolean;
}

let lastOpening: Promise<unknown> = Promise.resolve();

/** One after the other: while a backend of TensorFlow.js starts, no other may. */
export function createTfjsEngine(
  label: string,
  packages: TfjsPackages,
  { threads }: Pick<EngineOptions, 'threads'>,
): Promise<Engine> {
  const opening = lastOpening.then(() => open(label, packages, threads));
  lastOpening = opening.catch(() => {});
  return opening;
}

async function open(
  label: string,
  { names, backend, needsCard }: TfjsPackages,
  threads: number,
): Promise<Engine> {
  if (backend === 'tensorflow') prepareTensorFlow(threads);
  const tf = loadPackages(names);
  if (!(await tf.setBackend(backend))) throw new Error(`its backend '${backend}' does not start`);
  const native = tf.backend();
  if (needsCard && !native.isUsingGpuDevice) throw new Error('TensorFlow finds no card that it can use');
  // Engines in one process share the library: each takes it before it works.
  const take = () => void tf.setBackend(backend);
  take();
  return {
    name: label,
    description: `TensorFlow.js ${tf.version?.['tfjs'] ?? tf.version?.['tfjs-core'] ?? ''}, ${describe(backend, native)}`,
    upload(data, shape) {
      take();
      return makeValue(tf.tensor(data, [...shape]));
    },
    keep: async (value) => value,
    compile: async (program) => interpreter(tf, program, take),
    async close() {},
  };
}

/** TensorFlow reads these once, when it is loaded; what the user has set stays. */
function prepareTensorFlow(threads: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  // No lines about the processor on standard error; warnings stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
}

function describe(backend: string, { binding, isUsingGpuDevice }: TfBackend): string {
  if (backend !== 'tensorflow') return backend;
  const where = isUsingGpuDevice ? 'card' : `${process.env['TF_NUM_INTRAOP_THREADS']} threads`;
  return `TensorFlow ${binding?.TF_Version ?? ''}, ${where}`;
}

/** From the program's own folder, else from the folder where the user installed it. */
function loadPackages(names: readonly string[]): Tf {
  // tfjs-node calls a function that Node 23 took away.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const places = [import.meta.url, join(process.cwd(), 'package.json')];
  let problem: unknown;
  for (const place of places) {
    const require = createRequire(place);
    try {
      return names.map((name) => require(name) as Tf).at(-1)!;
    } catch (error) {
      // What is there and does not load says more than what is not there.
      if (!problem || (problem as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') problem = error;
    }
  }
  throw problem;
}

function interpreter(tf: Tf, program: Program, take: () => void): CompiledProgram {
  const order = liveNodes(program);
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(use);
  Object.values(program.outputs).forEach(use);
  return {
    async run(inputs) {
      // All that follows is synchronous, or waits for nothing: signals and timers come through here.
      await setImmediate();
      take();
      const values = new Map<Node, TfTensor>();
      const left = new Map(uses);
      for (const node of order) {
        values.set(
          node,
          isOp(node, 'input') ? inputTensor(program, node, inputs) : compute(tf, node, values),
        );
        for (const input of node.inputs) {
          left.set(input, left.get(input)! - 1);
          if (left.get(input) === 0 && !isOp(input, 'input')) values.get(input)!.dispose();
        }
      }
      // Copied, so that every output is a tensor of its own and may be disposed of alone.
      const copies = Object.entries(program.outputs).map(([name, node]): [string, Value] => {
        const tensor = values.get(node)!;
        return [name, makeValue(tf.tidy(() => tf.add(tensor, tf.fill([], 0))))];
      });
      for (const node of new Set(Object.values(program.outputs)))
        if (!isOp(node, 'input')) values.get(node)!.dispose();
      return Object.fromEntries(copies);
    },
    async close() {},
  };
}

function compute(tf: Tf, node: Node, values: ReadonlyMap<Node, TfTensor>): TfTensor {
  const run = OPERATIONS[node.op as Exclude<OpName, 'input'>] as (
    tf: Tf,
    node: Node,
    inputs: TfTensor[],
  ) => TfTensor;
  const result = tf.tidy(() =>
    run(
      tf,
      node,
      node.inputs.map((input) => values.get(input)!),
    ),
  );
  if (formatShape(result.shape) === formatShape(node.shape)) return result;
  throw new Error(
    `${node.op} gave ${formatShape(result.shape)} instead of ${formatShape(node.shape)} (${node.layer})`,
  );
}

interface TfValue extends Value {
  readonly tensor: TfTensor;
}

function makeValue(tensor: TfTensor): TfValue {
  let live = true;
  return {
    shape: tensor.shape,
    tensor,
    read: async () => Float32Array.from(await tensor.data()),
    dispose() {
      if (live) tensor.dispose();
      live = false;
    },
  };
}

function inputTensor(
  program: Program,
  node: Node<'input'>,
  inputs: Readonly<Record<string, Value>>,
): TfTensor {
  const { name } = node.attributes;
  const value = inputs[name];
  if (value && elementCount(value.shape as Shape) === elementCount(node.shape))
    return (value as TfValue).tensor;
  const given = value ? formatShape(value.shape) : 'nothing';
  throw new SunganError('engine', `input '${name}' wants ${formatShape(node.shape)}, got ${given}`, {
    where: `program ${program.name}`,
  });
}
