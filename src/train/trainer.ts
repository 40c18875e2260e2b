/**
 * One training step after another on an engine. Everything random comes from the seed and the step's number, so a step
 * is a function of the state and of which step it is.
 */
import { createRandom, type Random } from '../numeric/random.ts';
import type { TrainingImages } from './data/images.ts';
import { createDataOrder } from './data/order.ts';
import type { CompiledProgram, Engine, Value } from './engines/index.ts';
import { elementCount } from './graph/index.ts';
import type { GanNetworks } from './networks/network.ts';
import { adamScalars } from './optimiser.ts';
import { averageDecay } from './schedule.ts';
import { type Counters, type StateValues, stateShapes, uploadState } from './state.ts';
import { type Feed, type Phase, STATISTIC_PREFIX } from './steps/index.ts';

export interface TrainerOptions {
  engine: Engine;
  networks: GanNetworks;
  phases: readonly Phase[];
  images: TrainingImages;
  batch: number;
  seed: number;
  styleMixing: number;
  averageHalfLifeImages: number;
  averageRampup: number;
}

export interface Trainer {
  readonly counters: Counters;
  /** Statistics of one step, by name. */
  step(): Promise<Record<string, number>>;
  /** A copy of the state, in the order of its names. */
  readState(): Promise<StateValues>;
  /** The averaged generator, for sampling; owned by the trainer. */
  generatorValues(): { weights: Value; styleAverage: Value };
  close(): Promise<void>;
}

export async function createTrainer(
  options: TrainerOptions,
  values: StateValues,
  counters: Counters,
): Promise<Trainer> {
  const { engine, phases, networks, images, batch, seed } = options;
  const compiled = new Map<Phase, CompiledProgram>();
  for (const phase of phases) compiled.set(phase, await engine.compile(phase.program));
  const state = uploadState(engine, networks, phases, values);
  const order = createDataOrder(seed, images.count);

  async function runPhase(phase: Phase, real: Value): Promise<Record<string, number>> {
    counters.applied[phase.player]++;
    const random = createRandom(`${seed} ${phase.name} ${counters.step}`);
    const made = phase.feeds.flatMap((feed): [string, Value][] => {
      const data = feedValues(feed, random, phase, options, counters);
      return data ? [[feed.name, engine.upload(data, feed.shape)]] : [];
    });
    const inputs: Record<string, Value> = Object.fromEntries(made);
    for (const { name, kind } of phase.feeds) if (kind === 'state') inputs[name] = state.get(name)!;
    if (phase.feeds.some(({ kind }) => kind === 'real')) inputs['real'] = real;
    const outputs = await compiled.get(phase)!.run(inputs);
    for (const [, value] of made) value.dispose();
    return takeOutputs(outputs, state);
  }

  return {
    counters,
    async step() {
      const pixels = await images.read(order.batch(counters.images, batch));
      const real = engine.upload(
        pixels.map((value) => value * 2 - 1),
        [batch, images.channels, images.resolution, images.resolution],
      );
      const statistics: Record<string, number> = {};
      for (const phase of phases) {
        if (counters.step % phase.interval === 0) Object.assign(statistics, await runPhase(phase, real));
      }
      real.dispose();
      counters.step++;
      counters.images += batch;
      return statistics;
    },
    async readState() {
      const copy: StateValues = new Map();
      for (const name of stateShapes(phases).keys()) copy.set(name, await state.get(name)!.read());
      return copy;
    },
    generatorValues: () => ({
      weights: state.get('generator/average')!,
      styleAverage: state.get('generator/styleAverage')!,
    }),
    async close() {
      for (const program of compiled.values()) await program.close();
      for (const value of state.values()) value.dispose();
    },
  };
}

/** New states replace the old ones; statistics are read. */
async function takeOutputs(
  outputs: Record<string, Value>,
  state: Map<string, Value>,
): Promise<Record<string, number>> {
  const statistics: Record<string, number> = {};
  for (const [name, value] of Object.entries(outputs)) {
    if (name.startsWith(STATISTIC_PREFIX)) {
      statistics[name.slice(STATISTIC_PREFIX.length)] = (await value.read())[0]!;
      value.dispose();
    } else {
      state.get(name)?.dispose();
      state.set(name, value);
    }
  }
  return statistics;
}

function feedValues(
  { name, kind, shape }: Feed,
  random: Random,
  phase: Phase,
  options: TrainerOptions,
  counters: Counters,
): Float32Array | undefined {
  const own = random.fork(name);
  const draw = (next: () => number) => {
    const values = new Float32Array(elementCount(shape));
    for (let i = 0; i < values.length; i++) values[i] = next();
    return values;
  };
  if (kind === 'normal') return draw(own.normal);
  if (kind === 'uniform') return draw(own.uniform);
  if (kind === 'mixing') return mixingMask(shape as [number, number], options.styleMixing, own);
  return kind === 'scalar' ? Float32Array.of(scalarValue(name, phase, options, counters)) : undefined;
}

function scalarValue(name: string, phase: Phase, options: TrainerOptions, counters: Counters): number {
  const [stepSize, secondScale] = adamScalars(phase.adam, phase.learningRate, counters.applied[phase.player]);
  if (name === 'stepSize') return stepSize;
  if (name === 'secondScale') return secondScale;
  return averageDecay(options.batch, options.averageHalfLifeImages, options.averageRampup, counters.images);
}

/** With probability `share`, an image's layers from a random one on take the second latent's style. */
function mixingMask([count, layers]: [number, number], share: number, random: Random): Float32Array {
  const mask = new Float32Array(count * layers);
  for (let image = 0; image < count; image++) {
    const from = random.uniform() < share ? 1 + random.int(layers - 1) : layers;
    mask.fill(1, image * layers + from, (image + 1) * layers);
  }
  return mask;
}
