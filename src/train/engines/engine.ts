/** What the trainer asks of an engine. Implementations are loaded by the table in `index.ts`, only when chosen. */
import type { Program, Shape } from '../graph/index.ts';

/** A tensor where the engine keeps it. Whoever got it disposes of it; its memory is then used again. */
export interface Value {
  readonly shape: Shape;
  /** A copy in JavaScript's memory. */
  read(): Promise<Float32Array>;
  dispose(): void;
}

export interface CompiledProgram {
  /** Runs once. The inputs stay the caller's; the outputs become the caller's. */
  run(inputs: Readonly<Record<string, Value>>): Promise<Record<string, Value>>;
  close(): Promise<void>;
}

export interface Engine {
  /** `ort:cpu`, ... */
  readonly name: string;
  /** Program and hardware in words, for logs and records. */
  readonly description: string;
  upload(data: Float32Array, shape: Shape): Value;
  /** The value where it is cheapest to use again and again; the given one is used up. */
  keep(value: Value): Promise<Value>;
  compile(program: Program): Promise<CompiledProgram>;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Threads inside an operation. Results repeat bit for bit only for the same number. */
  threads: number;
  /**
   * Keep the memory of every program between its runs: some per cent faster, but the peaks of all programs add up.
   * Default true.
   */
  holdMemory?: boolean;
  /**
   * Threads that wait for work do so in a loop: faster where nothing else runs, much slower where something does. Default
   * false. ONNX Runtime on a processor only.
   */
  spin?: boolean;
}
