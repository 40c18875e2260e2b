/** The numbers that a phase is fed with, besides state and images: all follow from seed, step and schedule. */
import { createRandom, type Random } from '../numeric/random.ts';
import { drawChanges } from './augment/index.ts';
import { elementCount } from './graph/index.ts';
import { type ImageLabels, oneHot } from './labels.ts';
import { adamScalars } from './optimiser.ts';
import type { RecipeOptions } from './options.ts';
import { anneal, averageDecay } from './schedule.ts';
import type { Counters } from './state.ts';
import { type Feed, type Phase, wholeShape } from './steps/index.ts';

export interface FeedContext {
  recipe: RecipeOptions;
  seed: number;
  counters: Counters;
  /** Of the present stage. */
  batch: number;
  side: number;
  fade: number;
  labels: ImageLabels | undefined;
}

/** What is not drawn: it comes from the state, from the data, or from other parts of the batch. */
const GIVEN = new Set(['state', 'real', 'realLabels', 'sum']);

/** Values of all feeds of `phase` that are drawn or computed, for a whole batch. */
export function drawFeeds(phase: Phase, context: FeedContext): Map<string, Float32Array> {
  const random = createRandom(`${context.seed} ${phase.name} ${context.counters.step}`);
  const values = new Map<string, Float32Array>();
  for (const feed of [...phase.feeds, ...(phase.apply?.feeds ?? [])]) {
    if (GIVEN.has(feed.kind) || values.has(feed.name)) continue;
    const whole = { ...feed, shape: wholeShape(feed, phase.parts) };
    values.set(feed.name, drawFeed(whole, random.fork(feed.name), phase, context));
  }
  return values;
}

function drawFeed(
  { name, kind, shape }: Feed,
  random: Random,
  phase: Phase,
  context: FeedContext,
): Float32Array {
  const { recipe, counters, side } = context;
  const draw = (next: () => number) => {
    const values = new Float32Array(elementCount(shape));
    for (let i = 0; i < values.length; i++) values[i] = next();
    return values;
  };
  if (kind === 'normal') return draw(random.normal);
  if (kind === 'uniform') return draw(random.uniform);
  if (kind === 'mixing') return mixingMask(shape as [number, number], recipe.styleMixing, random);
  if (kind === 'scalar') return Float32Array.of(scalarValue(name, phase, context));
  if (kind === 'labels') return drawLabels(shape[0]!, context.labels!, random);
  const strength = recipe.adaptive ? counters.augment.strength : 1;
  return drawChanges(shape[0]!, side, recipe.augment, strength, random);
}

/** Of images drawn from the data, so that fakes are labelled as often with each class as reals are. */
function drawLabels(count: number, { of, names }: ImageLabels, random: Random): Float32Array {
  const drawn = Array.from({ length: count }, () => of[random.int(of.length)]!);
  return oneHot(drawn, names.length);
}

/** Every number that a phase may ask the schedule for. */
function scalarValue(name: string, phase: Phase, { recipe, counters, batch, fade }: FeedContext): number {
  const { rate, gamma, beta2 } = anneal(recipe, counters.images);
  const firstRate = phase.player === 'generator' ? recipe.generatorRate : recipe.discriminatorRate;
  const betas = { beta1: recipe.beta1 ** phase.lazy, beta2: beta2 ** phase.lazy };
  const scalars: Record<string, number> = {
    ...adamScalars(betas, firstRate * rate * phase.lazy, counters.applied[phase.player]),
    penaltyShare: gamma,
    averageDecay: averageDecay(batch, recipe.averageHalfLife * 1000, recipe.averageRampup, counters.images),
    fade,
  };
  const value = scalars[name];
  if (value === undefined) throw new Error(`phase ${phase.name} asks for an unknown number '${name}'`);
  return value;
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
