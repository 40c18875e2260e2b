/** Runs one phase on an engine: at once, or part after part with one step of the optimiser at the end. */
import type { CompiledProgram, Engine, Value } from './engines/index.ts';
import { elementCount } from './graph/index.ts';
import { rowsOfPart } from './parts.ts';
import { type Feed, isByImage, type Phase, STATISTIC_PREFIX, SUM_PREFIX, wholeShape } from './steps/index.ts';

export interface CompiledPhase {
  phase: Phase;
  program: CompiledProgram;
  apply: CompiledProgram | undefined;
}

export async function compilePhase(engine: Engine, phase: Phase): Promise<CompiledPhase> {
  const program = await engine.compile(phase.program);
  return { phase, program, apply: phase.apply && (await engine.compile(phase.apply.program)) };
}

export async function closePhase({ program, apply }: CompiledPhase): Promise<void> {
  await program.close();
  await apply?.close();
}

/**
 * `given`: the values of all feeds that are no state and no sum, for the whole batch. New states replace the old ones
 * in `state`; the statistics are returned.
 */
export async function runPhase(
  engine: Engine,
  compiled: CompiledPhase,
  given: ReadonlyMap<string, Float32Array>,
  state: Map<string, Value>,
): Promise<Record<string, number>> {
  const { phase, program, apply } = compiled;
  if (!phase.apply || !apply) {
    const outputs = await runWith(engine, program, phase.feeds, state, (feed) => given.get(feed.name)!);
    return takeOutputs(Object.entries(outputs), state);
  }
  const sums = await sumParts(engine, compiled, given, state);
  const known = new Map([...state, ...sums]);
  const outputs = await runWith(engine, apply, phase.apply.feeds, known, (feed) => given.get(feed.name)!);
  const moved = [...sums].map(([name, value]): [string, Value] => [name.slice(SUM_PREFIX.length), value]);
  return takeOutputs([...moved, ...Object.entries(outputs)], state);
}

/** The averages over all parts, under their prefixed names. */
async function sumParts(
  engine: Engine,
  { phase, program }: CompiledPhase,
  given: ReadonlyMap<string, Float32Array>,
  state: ReadonlyMap<string, Value>,
): Promise<Map<string, Value>> {
  let sums = new Map<string, Value>();
  for (const { name, kind, shape } of phase.feeds) {
    if (kind === 'sum') sums.set(name, engine.upload(new Float32Array(elementCount(shape)), shape));
  }
  for (let part = 0; part < phase.parts; part++) {
    const outputs = await runWith(engine, program, phase.feeds, new Map([...state, ...sums]), (feed) =>
      valuesOfPart(given.get(feed.name)!, feed, phase.parts, part),
    );
    for (const value of sums.values()) value.dispose();
    sums = new Map(Object.entries(outputs));
  }
  return sums;
}

/** Feeds that are not in `known` are uploaded for this one run. */
async function runWith(
  engine: Engine,
  program: CompiledProgram,
  feeds: readonly Feed[],
  known: ReadonlyMap<string, Value>,
  valuesOf: (feed: Feed) => Float32Array,
): Promise<Record<string, Value>> {
  const inputs: Record<string, Value> = {};
  const made: Value[] = [];
  for (const feed of feeds) {
    const value = known.get(feed.name) ?? engine.upload(valuesOf(feed), feed.shape);
    if (!known.has(feed.name)) made.push(value);
    inputs[feed.name] = value;
  }
  const outputs = await program.run(inputs);
  for (const value of made) value.dispose();
  return outputs;
}

function valuesOfPart(whole: Float32Array, feed: Feed, parts: number, part: number): Float32Array {
  if (!isByImage(feed)) return whole;
  const [total, ...row] = wholeShape(feed, parts);
  const length = elementCount(row);
  const values = new Float32Array(elementCount(feed.shape));
  rowsOfPart(total!, parts, part).forEach((source, i) => {
    values.set(whole.subarray(source * length, (source + 1) * length), i * length);
  });
  return values;
}

/** New states replace the old ones; statistics are read; the sum of gradients is done with. */
async function takeOutputs(
  outputs: readonly (readonly [string, Value])[],
  state: Map<string, Value>,
): Promise<Record<string, number>> {
  const statistics: Record<string, number> = {};
  for (const [name, value] of outputs) {
    if (state.has(name)) {
      state.get(name)!.dispose();
      state.set(name, value);
      continue;
    }
    if (name.startsWith(STATISTIC_PREFIX)) {
      statistics[name.slice(STATISTIC_PREFIX.length)] = (await value.read())[0]!;
    }
    value.dispose();
  }
  return statistics;
}
