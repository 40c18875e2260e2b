/**
 * One training step (discriminator, then generator with the average of weights) against the same step in PyTorch on the
 * processor, in turn, and where our time goes by ONNX operator.
 *
 *   node scripts/bench.mjs train-step [threads] [rounds]
 *   SUNGAN_PYTHON=/path/to/python3 (with torch) chooses the peer's Python; without torch ours is timed alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/numeric/random.ts';
import { type CompiledProgram, type Engine, openEngine, type Value } from '../src/train/engines/index.ts';
import { elementCount } from '../src/train/graph/index.ts';
import type { GanNetworks } from '../src/train/networks/network.ts';
import { initialWeights, learningRates } from '../src/train/networks/parameters.ts';
import { createStyleGan2 } from '../src/train/networks/stylegan2.ts';
import { type Phase, type Player, type Recipe, trainingPhases } from '../src/train/steps/index.ts';

interface Size {
  resolution: number;
  channelBase: number;
  channelMax: number;
  batch: number;
}

const SIZES: Size[] = [
  { resolution: 32, channelBase: 512, channelMax: 64, batch: 8 },
  { resolution: 32, channelBase: 1024, channelMax: 64, batch: 16 },
  { resolution: 64, channelBase: 4096, channelMax: 128, batch: 8 },
];

const threads = Number(process.argv[2] ?? 2);
const rounds = Number(process.argv[3] ?? 3);
const python = process.env['SUNGAN_PYTHON'] ?? 'python3';
const peerScript = join(import.meta.dirname ?? '.', 'train-peer.py');

function recipeOf(batch: number): Recipe {
  return {
    batch,
    loss: 'logistic',
    augment: [],
    r1Gamma: 0,
    r2Gamma: 0,
    unitPenalty: 0,
    penaltyInterval: 16,
    pathWeight: 0,
    pathInterval: 4,
    pathDecay: 0.01,
    styleMixing: 0,
    beta1: 0,
  };
}

/** Runs of a phase with inputs that stay the same; returns the best milliseconds of several. */
async function timePhase(engine: Engine, networks: GanNetworks, phase: Phase, runs: number): Promise<number> {
  const program: CompiledProgram = await engine.compile(phase.program);
  const random = createRandom(1);
  const inputs: Record<string, Value> = {};
  for (const { name, shape, kind } of phase.feeds) {
    const [player, part] = name.split('/') as [Player, string | undefined];
    const values =
      part === 'weights' || part === 'average'
        ? initialWeights(networks[player], random)
        : part === 'rates'
          ? learningRates(networks[player])
          : Float32Array.from({ length: elementCount(shape) }, () =>
              kind === 'scalar' ? 0.5 : random.normal() ** 2,
            );
    inputs[name] = engine.upload(values, shape);
  }
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= runs; run++) {
    const startedAt = performance.now();
    const outputs = await program.run(inputs);
    const milliseconds = performance.now() - startedAt;
    if (run > 0) best = Math.min(best, milliseconds);
    for (const value of Object.values(outputs)) value.dispose();
  }
  await program.close();
  for (const value of Object.values(inputs)) value.dispose();
  return best;
}

async function measureOurs(engine: Engine, { batch, ...size }: Size): Promise<number> {
  const { channelMax } = size;
  const networks = createStyleGan2({
    ...size,
    channels: 1,
    latentSize: channelMax,
    styleSize: channelMax,
    mappingLayers: 4,
  });
  let total = 0;
  for (const phase of trainingPhases(networks, recipeOf(batch)))
    total += await timePhase(engine, networks, phase, 4);
  return total;
}

/** Undefined where there is no PyTorch. */
function measurePeer({ resolution, channelBase, channelMax, batch }: Size): number | undefined {
  const script = existsSync(peerScript) ? peerScript : join(process.cwd(), 'bench', 'train-peer.py');
  const args = [script, resolution, channelBase, channelMax, batch, threads, 4].map(String);
  const { status, stdout } = spawnSync(python, args, { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const { discriminator, generator } = JSON.parse(stdout) as { discriminator: number; generator: number };
  return discriminator + generator;
}

const engine = await openEngine('ort:cpu', { threads });
for (const size of SIZES) {
  let ours = Number.POSITIVE_INFINITY;
  let peer = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    ours = Math.min(ours, await measureOurs(engine, size));
    peer = Math.min(peer, measurePeer(size) ?? Number.POSITIVE_INFINITY);
  }
  const speed = (milliseconds: number) => `${((size.batch / milliseconds) * 1000).toFixed(1)} img/s`;
  const label = `${size.resolution} pixels, up to ${size.channelMax} channels, batch ${size.batch}`;
  const beside = Number.isFinite(peer)
    ? `, PyTorch ${speed(peer)}, ratio ${(peer / ours).toFixed(2)}`
    : ', no PyTorch here';
  console.log(`${label}: ours ${speed(ours)}${beside}`);
}
await engine.close();
