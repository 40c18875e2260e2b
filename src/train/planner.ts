/** What a training step will cost, told from its programs before anything runs: memory, arithmetic, and a batch that fits. */
import { createNetworks, networkOptions, stepRecipe } from './assemble.ts';
import { type Stage, stagesOf } from './curriculum.ts';
import { elementCount, isOp, liveNodes, type Node, type Program } from './graph/index.ts';
import type { RecipeOptions } from './options.ts';
import { imagesAtOnce } from './parts.ts';
import { stateShapes } from './state.ts';
import { type Phase, trainingPhases } from './steps/index.ts';

export interface PhaseCost {
  name: string;
  /** Operations of the program. */
  operations: number;
  /** Most bytes of intermediate results that are needed at one time. */
  activationBytes: number;
  /** Floating-point operations of products and convolutions. */
  flops: number;
}

export interface StageCost {
  side: number;
  batch: number;
  /** Images of it that are computed together. */
  atOnce: number;
  phases: PhaseCost[];
  /** Weights, moments and averages, before and after a step. */
  stateBytes: number;
  /** The largest phase with the state. */
  totalBytes: number;
  /** Of an average step, divided by the batch. */
  flopsPerImage: number;
}

const FLOAT_BYTES = 4;

/** The costs of every stage of a recipe (one, unless the network grows) for images of so many channels. */
export function estimateStages(recipe: RecipeOptions, channels: number, labelCount = 0): StageCost[] {
  return stagesOf(recipe).map((stage) => estimateStage(recipe, { channels, labelCount }, stage));
}

/** What of the images shapes the networks. */
export interface DataShape {
  channels: number;
  /** Classes; 0: none. */
  labelCount: number;
}

function estimateStage(
  recipe: RecipeOptions,
  { channels, labelCount }: DataShape,
  { side, batch, atOnce }: Pick<Stage, 'side' | 'batch' | 'atOnce'>,
): StageCost {
  const networks = createNetworks(networkOptions(recipe, channels, labelCount), side);
  const phases = trainingPhases(networks, stepRecipe(recipe, atOnce, batch / atOnce));
  const costs = phases.map(estimatePhase);
  const state = [...stateShapes(phases).values()].reduce((total, shape) => total + elementCount(shape), 0);
  // New state is written beside the old one, which is its input.
  const stateBytes = 2 * FLOAT_BYTES * state;
  const largest = Math.max(...costs.map(({ activationBytes }) => activationBytes));
  const flops = phases.reduce((total, { interval }, i) => total + costs[i]!.flops / interval, 0);
  return {
    side,
    batch,
    atOnce,
    phases: costs,
    stateBytes,
    totalBytes: stateBytes + largest,
    flopsPerImage: flops / atOnce,
  };
}

function estimatePhase({ name, program }: Phase): PhaseCost {
  const nodes = liveNodes(program);
  return {
    name,
    operations: nodes.length,
    activationBytes: peakBytes(program, nodes),
    flops: nodes.reduce((total, node) => total + flopsOf(node), 0),
  };
}

/** Runs through the program in order and counts what is still to be read. */
function peakBytes(program: Program, order: readonly Node[]): number {
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(behindViews(node), (uses.get(behindViews(node)) ?? 0) + 1);
  for (const node of order) if (!isView(node)) node.inputs.forEach(use);
  Object.values(program.outputs).forEach(use);
  let [held, peak] = [0, 0];
  for (const node of order) {
    if (isView(node)) continue;
    held += bytesOf(node);
    peak = Math.max(peak, held + scratchOf(node));
    for (const input of new Set(node.inputs.map(behindViews))) {
      const left = uses.get(input)! - node.inputs.filter((each) => behindViews(each) === input).length;
      uses.set(input, left);
      if (left <= 0) held -= bytesOf(input);
    }
  }
  return peak;
}

/** Other shapes of the same memory. */
function isView(node: Node): boolean {
  return isOp(node, 'reshape') || isOp(node, 'identity');
}

function behindViews(node: Node): Node {
  return isView(node) ? behindViews(node.inputs[0]!) : node;
}

function bytesOf(node: Node): number {
  return isOp(node, 'input') || isOp(node, 'constant') ? 0 : FLOAT_BYTES * elementCount(node.shape);
}

/** Copies that an engine makes while it computes a node: the gradient of kernels lays both its inputs out several times. */
function scratchOf(node: Node): number {
  if (!isOp(node, 'convolutionWeights')) return 0;
  const size = node.attributes.shape[2]!;
  const inputs = node.inputs.reduce((total, input) => total + elementCount(input.shape), 0);
  return FLOAT_BYTES * inputs * (size > 1 ? 5 : 2);
}

function flopsOf(node: Node): number {
  const [a, b] = node.inputs;
  if (isOp(node, 'matmul')) {
    const inner = a!.shape.at(node.attributes.transposeLeft ? -2 : -1)!;
    return 2 * elementCount(node.shape) * inner;
  }
  if (isOp(node, 'convolution')) return 2 * elementCount(node.shape) * elementCount(b!.shape.slice(1));
  if (isOp(node, 'convolutionInput')) return 2 * elementCount(a!.shape) * elementCount(b!.shape.slice(1));
  if (isOp(node, 'convolutionWeights')) {
    return 2 * elementCount(b!.shape) * elementCount(node.attributes.shape.slice(1));
  }
  return 0;
}

/**
 * ONNX Runtime on a processor takes more than what is held at one time: the program itself, copies of the state in
 * JavaScript, the fields of convolutions laid out. With these factors the peak of a training at 32 to 256 pixels was told
 * between 5 per cent too low and 30 too high.
 */
const PROGRAM_BYTES = 256 * 2 ** 20;
const STATE_FACTOR = 1.5;
const ACTIVATION_FACTOR = 3.5;

/** Bytes that a training takes at its peak; `isHeld` where every program keeps its memory between its runs. */
export function processorBytes({ stateBytes, phases }: StageCost, isHeld = false): number {
  const activations = phases.map(({ activationBytes }) => activationBytes);
  const bytes = isHeld ? activations.reduce((total, own) => total + own, 0) : Math.max(...activations);
  return PROGRAM_BYTES + STATE_FACTOR * stateBytes + ACTIVATION_FACTOR * bytes;
}

/** What a stage takes on `engine`; on all but the processor no less than that, for want of a measurement. */
export function bytesOn(engine: string, cost: StageCost): number {
  return engine === 'ort:cpu' || engine === 'auto' ? processorBytes(cost) : cost.totalBytes;
}

/** Whether the programs of every stage may all keep their memory within `limitBytes`. */
export function mayHoldMemory(stages: readonly StageCost[], limitBytes: number): boolean {
  return stages.every((stage) => processorBytes(stage, true) <= limitBytes);
}

/**
 * The recipe with batches computed in parts where a stage does not fit `limitBytes` otherwise; the same recipe when all
 * fit. Parts are halved down to single images.
 */
export function fitParts(
  recipe: RecipeOptions,
  data: DataShape,
  { engine, limitBytes }: { engine: string; limitBytes: number },
): RecipeOptions {
  const stages = stagesOf(recipe);
  const fitting = stages.map((stage) => {
    let { atOnce } = stage;
    const bytes = () => bytesOn(engine, estimateStage(recipe, data, { ...stage, atOnce }));
    while (atOnce > 1 && bytes() > limitBytes) atOnce = imagesAtOnce(stage.batch, atOnce >> 1);
    return atOnce;
  });
  return fitting.every((atOnce, i) => atOnce === stages[i]!.atOnce) ? recipe : { ...recipe, atOnce: fitting };
}

/** What `planTraining` and a training itself say of a run before its first step. */
export interface CostPlan {
  parameters: { generator: number; discriminator: number };
  /** What a step costs, for every side that is learnt. */
  costs: StageCost[];
  /** Whether every program keeps its memory between its runs. */
  holdsMemory: boolean;
}

/** In lines for people: what is learnt, and what a step of every stage takes. */
export function describeCosts({ parameters, costs, holdsMemory }: CostPlan): string[] {
  const { generator, discriminator } = parameters;
  return [
    `generator ${generator} weights, discriminator ${discriminator} weights`,
    ...costs.map((cost) => {
      const { side, batch, atOnce, stateBytes, totalBytes, flopsPerImage } = cost;
      const parts = atOnce < batch ? `, ${atOnce} at a time` : '';
      return [
        `${side} pixels, ${batch} images a step${parts}: activations ${gigabytes(totalBytes - stateBytes)}`,
        `weights and moments ${gigabytes(stateBytes)}`,
        `memory about ${gigabytes(processorBytes(cost, holdsMemory))} with ort:cpu, at least ${gigabytes(totalBytes)} with other engines`,
        `${(flopsPerImage / 1e9).toFixed(1)} GFLOP an image`,
      ].join(', ');
    }),
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GB`;
}
