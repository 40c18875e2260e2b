/** The losses of the first fifty steps are those of PyTorch with the same weights and draws (fixtures/make_golden.py). */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine, type Value } from '../../src/train/engines/index.ts';
import { elementCount, type Graph, type Node } from '../../src/train/graph/index.ts';
import { activate, dense, denseParameters } from '../../src/train/networks/layers.ts';
import type { GanNetworks } from '../../src/train/networks/network.ts';
import type { Weights } from '../../src/train/networks/parameters.ts';
import { adamScalars } from '../../src/train/optimiser.ts';
import { compilePhase, runPhase } from '../../src/train/phase-runner.ts';
import { type Feed, type Phase, type Recipe, trainingPhases } from '../../src/train/steps/index.ts';
import { BETAS, COMMON, formula, goldenFeed, goldenNetworks, RATES, readGolden } from './golden-problem.ts';

const engine = await openEngine('ort:cpu', { threads: 1 });
afterAll(() => engine.close());

const LATENT = 5;
const WIDTH = 16;

/** Points of the plane as images of one pixel and two channels: three dense layers for each player. */
function toyNetworks(): GanNetworks {
  const layersOf = (sizes: number[]) =>
    sizes.slice(1).flatMap((size, i) => denseParameters(String(i), sizes[i]!, size));
  const run = (graph: Graph, weights: Weights, input: Node) =>
    [0, 1, 2].reduce((x, i) => {
      const y = dense(graph, weights, String(i), x);
      return i < 2 ? activate(graph, y) : y;
    }, input);
  return {
    architecture: 'toy',
    resolution: 1,
    channels: 2,
    latentSize: LATENT,
    styleSize: LATENT,
    layerCount: 1,
    noiseLength: 0,
    fades: false,
    labelCount: 0,
    generator: layersOf([LATENT, WIDTH, WIDTH, 2]),
    discriminator: layersOf([2, WIDTH, WIDTH, 1]),
    mapLatents: (_graph, _weights, latents) => latents,
    synthesise: (graph, weights, { style }) => {
      const points = run(graph, weights, style(0));
      return graph.reshape(points, [points.shape[0]!, 2, 1, 1]);
    },
    discriminate: (graph, weights, images) =>
      run(graph, weights, graph.reshape(images, [images.shape[0]!, 2])),
  };
}

/** Eight blobs on a circle. */
function ring(step: number, batch: number): Float32Array {
  const noise = formula(`${step} ring`, 2 * batch);
  return noise.map((value, i) => {
    const angle = ((step * batch + (i >> 1)) % 8) * (Math.PI / 4);
    return (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.05 * value;
  });
}

const pictures = new Uint8Array(readFileSync(new URL('./fixtures/sun.bin', import.meta.url)));
const FRAME = 2 * 16 * 16;

/** Two wavelengths of the simulated Sun. */
function sun(step: number, batch: number): Float32Array {
  const values = new Float32Array(batch * FRAME);
  for (let i = 0; i < batch; i++) {
    const begin = (((step * batch + i) * FRAME) % pictures.length) as number;
    values.set(
      Float32Array.from(pictures.subarray(begin, begin + FRAME), (value) => (value / 255) * 2 - 1),
      i * FRAME,
    );
  }
  return values;
}

interface Training {
  networks: GanNetworks;
  recipe: Recipe;
  /** Undefined: the images come from the formula. */
  images?: (step: number, batch: number) => Float32Array;
}

const plain: Recipe = { ...COMMON, loss: 'logistic', beta1: 0 };
const TRAININGS: Record<string, Training> = {
  formula: { networks: goldenNetworks('stylegan2'), recipe: plain },
  ring: { networks: toyNetworks(), recipe: { ...plain, r1Gamma: 0.5 }, images: ring },
  sun: {
    networks: goldenNetworks('stylegan2'),
    recipe: {
      ...plain,
      r1Gamma: 0.5,
      penaltyInterval: 4,
      pathWeight: 2,
      styleMixing: 0.9,
      augment: ['translation', 'cutout'],
    },
    images: sun,
  },
};

function feedOf(
  feed: Feed,
  phase: Phase,
  { networks, recipe, images }: Training,
  step: number,
  applied: number,
) {
  if (feed.kind === 'real' && images) return images(step, recipe.batch);
  if (feed.kind !== 'scalar') return goldenFeed(feed, phase, networks, `${step} `);
  const betas = { beta1: 0, beta2: BETAS.beta2 ** phase.lazy };
  const scalars: Record<string, number> = {
    ...adamScalars(betas, RATES[phase.player] * phase.lazy, applied),
    averageDecay: 0.9,
    penaltyShare: 1,
  };
  return Float32Array.of(scalars[feed.name]!);
}

function firstState(feed: Feed, phase: Phase, { networks }: Training): Float32Array {
  if (feed.name.endsWith('/second')) return new Float32Array(elementCount(feed.shape));
  return goldenFeed(feed, phase, networks);
}

describe('the first fifty steps', () => {
  it.each(Object.entries(readGolden().curves))('%s: losses as PyTorch has them', async (name, curve) => {
    const training = TRAININGS[name]!;
    const phases = trainingPhases(training.networks, training.recipe);
    const compiled = await Promise.all(phases.map((phase) => compilePhase(engine, phase)));
    const state = new Map<string, Value>();
    for (const phase of phases) {
      for (const feed of phase.feeds) {
        if (feed.kind !== 'state' || state.has(feed.name)) continue;
        state.set(feed.name, engine.upload(firstState(feed, phase, training), feed.shape));
      }
    }
    const applied = { generator: 0, discriminator: 0 };
    let worst = 0;
    for (let step = 0; step < curve.generator.length; step++) {
      for (const each of compiled) {
        const { phase } = each;
        if (step % phase.interval !== 0) continue;
        applied[phase.player]++;
        const given = new Map(
          phase.feeds
            .filter(({ kind }) => kind !== 'state')
            .map((feed) => [feed.name, feedOf(feed, phase, training, step, applied[phase.player])] as const),
        );
        const statistics = await runPhase(engine, each, given, state);
        const expected = curve[phase.player][step]!;
        const loss = statistics[`${phase.player}Loss`];
        if (loss === undefined) continue;
        const difference = Math.abs(loss - expected) / expected;
        worst = Math.max(worst, difference);
        expect(difference, `${phase.player}, step ${step}`).toBeLessThan(1e-3);
      }
    }
    console.info(`losses of ${name}: within ${worst.toExponential(1)} of PyTorch's`);
  });
});
