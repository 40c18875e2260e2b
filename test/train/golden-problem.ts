/** The problem that fixtures/make_golden.py solves with PyTorch: the same networks, recipes and formula for all inputs. */
import { readFileSync } from 'node:fs';
import { changeRow, UNCHANGED } from '../../src/train/augment/index.ts';
import { elementCount } from '../../src/train/graph/index.ts';
import { oneHot } from '../../src/train/labels.ts';
import type { GanNetworks } from '../../src/train/networks/network.ts';
import { learningRates, type ParameterList, parameterCount } from '../../src/train/networks/parameters.ts';
import { createPgGan } from '../../src/train/networks/pggan.ts';
import { createStyleGan2 } from '../../src/train/networks/stylegan2.ts';
import { adamScalars } from '../../src/train/optimiser.ts';
import type { Feed, Phase, Player, Recipe } from '../../src/train/steps/index.ts';

export const BETAS = { beta1: 0.5, beta2: 0.99 };
export const RATES = { generator: 0.002, discriminator: 0.003 };
export const GOLDEN_BETA1 = BETAS.beta1;
const STEP = 5;
const AVERAGE_DECAY = 0.9;

const SIZES = { resolution: 16, channels: 2, latentSize: 5, channelBase: 32, channelMax: 4 };
const stylegan2 = createStyleGan2({ ...SIZES, styleSize: 6, mappingLayers: 2 });
const conditional = createStyleGan2({ ...SIZES, styleSize: 6, mappingLayers: 2, labelCount: 3 });
/** While images of 8 pixels are faded in. */
const pggan = createPgGan(SIZES, 8);
const FADE = 0.3;

export function goldenNetworks(recipe: string): GanNetworks {
  if (recipe === 'conditional') return conditional;
  return recipe === 'pggan' ? pggan : stylegan2;
}

export const COMMON: Omit<Recipe, 'loss'> = {
  batch: 4,
  augment: [],
  r1Gamma: 0,
  r2Gamma: 0,
  unitPenalty: 0,
  penaltyInterval: 1,
  pathWeight: 0,
  pathInterval: 4,
  pathDecay: 0.01,
  styleMixing: 0,
  beta1: BETAS.beta1,
};

export const goldenRecipes: Record<string, Recipe> = {
  stylegan2: {
    ...COMMON,
    loss: 'logistic',
    augment: ['translation', 'cutout', 'brightness', 'contrast'],
    r1Gamma: 1.5,
    penaltyInterval: 16,
    pathWeight: 2,
    styleMixing: 0.9,
  },
  relativistic: {
    ...COMMON,
    loss: 'relativistic',
    augment: ['translation', 'cutout'],
    r1Gamma: 0.7,
    r2Gamma: 0.4,
  },
  pairing: { ...COMMON, loss: 'pairing', r1Gamma: 2, r2Gamma: 2, penaltyInterval: 4 },
  hinge: { ...COMMON, loss: 'hinge' },
  wasserstein: { ...COMMON, loss: 'wasserstein', augment: ['brightness', 'contrast'] },
  conditional: { ...COMMON, loss: 'logistic', r1Gamma: 1.2, styleMixing: 0.9 },
  pggan: { ...COMMON, loss: 'wasserstein', unitPenalty: 10 },
};

export interface GoldenStep {
  recipe: string;
  phase: string;
  numbers: Record<string, number>;
  arrays: Record<string, Float32Array>;
}

/** Losses of both players over the first steps of a training. */
export type GoldenCurve = Record<Player, number[]>;

export function readGolden(): { steps: GoldenStep[]; curves: Record<string, GoldenCurve> } {
  const at = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
  const bytes = new Uint8Array(readFileSync(at('golden.bin')));
  const values = new Float32Array(bytes.buffer);
  const { steps, curves } = JSON.parse(readFileSync(at('golden.json'), 'utf8')) as {
    steps: (Omit<GoldenStep, 'arrays'> & { arrays: Record<string, [number, number]> })[];
    curves: Record<string, GoldenCurve>;
  };
  const read = steps.map(({ arrays, ...step }) => ({
    ...step,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, [begin, length]]) => [name, values.slice(begin, begin + length)]),
    ),
  }));
  return { steps: read, curves };
}

/** The values of unit variance that the name and the position fix. */
export function formula(name: string, count: number): Float32Array {
  const offset = [...name].reduce((sum, letter, i) => sum + (i + 1) * letter.charCodeAt(0), 0) % 1009;
  return Float32Array.from({ length: count }, (_, i) => {
    const raised = Math.sin((i + 1) * 12.9898 + offset) * 43758.5453;
    return (2 * (raised - Math.floor(raised)) - 1) * Math.sqrt(3);
  });
}

export function goldenFeed(
  { name, kind, shape }: Feed,
  phase: Phase,
  networks: GanNetworks,
  label = '',
): Float32Array {
  const count = elementCount(shape);
  const drawn = () => formula(`${label}${phase.name} ${name}`, count);
  if (kind === 'normal' || kind === 'real') return drawn();
  if (kind === 'changes') return changes(`${label}${phase.name} ${name}`, shape[0]!, networks.resolution);
  if (kind === 'uniform') return shares(`${label}${phase.name} ${name}`, count);
  if (kind === 'realLabels' || kind === 'labels') return classesInTurn(shape, kind === 'labels' ? 1 : 0);
  if (kind === 'mixing') return drawn().map((value) => (value > 0 ? 1 : 0));
  if (kind === 'scalar') return Float32Array.of(scalar(name, phase));
  return state(name, count, networks);
}

function classesInTurn([count, classes]: Feed['shape'], first: number): Float32Array {
  const labels = Array.from({ length: count! }, (_, i) => (first + i) % classes!);
  return oneHot(labels, classes!);
}

function scalar(name: string, phase: Phase): number {
  const betas = { beta1: BETAS.beta1 ** phase.lazy, beta2: BETAS.beta2 ** phase.lazy };
  const adam = adamScalars(betas, RATES[phase.player] * phase.lazy, STEP);
  return { ...adam, averageDecay: AVERAGE_DECAY, penaltyShare: 1, fade: FADE }[name]!;
}

/** Numbers in [0, 1). */
function shares(name: string, count: number): Float32Array {
  return formula(name, count).map((value) => Math.min((value / Math.sqrt(3)) * 0.5 + 0.5, 0.999999));
}

/** Six numbers in [0, 1) an image, turned into changes as make_golden.py turns them. */
function changes(name: string, count: number, side: number): Float32Array {
  const u = shares(name, 6 * count);
  const reach = Math.floor(side * 0.125 + 0.5);
  const rows = Array.from({ length: count }, (_, image) => {
    const [a, b, c, d, e, f] = u.subarray(image * 6, image * 6 + 6);
    return changeRow({
      ...UNCHANGED,
      shiftRows: Math.floor(a! * (2 * reach + 1)) - reach,
      shiftColumns: Math.floor(b! * (2 * reach + 1)) - reach,
      cutRow: Math.floor(c! * side),
      cutColumn: Math.floor(d! * side),
      cutHalf: side / 4,
      brightness: e! - 0.5,
      contrast: f! + 0.5,
    });
  });
  return Float32Array.from(rows.flat());
}

function state(name: string, count: number, networks: GanNetworks): Float32Array {
  const [player, part] = name.split('/') as [Player, string];
  if (part === 'weights') return weights(player, networks[player]);
  if (part === 'rates') return learningRates(networks[player]);
  if (part === 'first') return formula(`${player} first`, count).map((value) => value * 0.01);
  if (part === 'second') return formula(`${player} second`, count).map((value) => value ** 2 * 0.01);
  return part === 'pathLength' ? Float32Array.of(0.5) : formula(`${player} ${part}`, count);
}

function weights(player: Player, parameters: ParameterList): Float32Array {
  const flat = new Float32Array(parameterCount(parameters));
  let begin = 0;
  for (const { name, shape, mean, deviation } of parameters) {
    const values = formula(`${player} ${name}`, elementCount(shape));
    flat.set(
      values.map((value) => mean + Math.max(deviation, 0.1) * value),
      begin,
    );
    begin += values.length;
  }
  return flat;
}
