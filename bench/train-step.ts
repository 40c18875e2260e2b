/**
 * One training step (discriminator, then generator with the average of weights) against the same step in PyTorch on the
 * processor, in turn; the machine's product of matrices beside our convolutions; and where our time goes by operator.
 *
 *   node scripts/bench.mjs train-step [threads] [rounds]
 *   SUNGAN_PYTHON=/path/to/python3 (with torch) chooses the peer's Python; without torch ours is timed alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { createRandom } from '../src/numeric/random.ts';
import { type CompiledProgram, type Engine, openEngine, type Value } from '../src/train/engines/index.ts';
import { channelBlockOfProcessor } from '../src/train/engines/ort/blocked.ts';
import { programToOnnx } from '../src/train/engines/ort/model.ts';
import { elementCount, Graph, type Node, type Shape } from '../src/train/graph/index.ts';
import type { GanNetworks } from '../src/train/networks/network.ts';
import { initialWeights, learningRates } from '../src/train/networks/parameters.ts';
import { createStyleGan2 } from '../src/train/networks/stylegan2.ts';
import { type Feed, type Phase, type Player, type Recipe, trainingPhases } from '../src/train/steps/index.ts';

interface Size {
  resolution: number;
  channelBase: number;
  channelMax: number;
  batch: number;
}

/** Channels at the largest side, and at most. */
const SIZES: Size[] = [
  { resolution: 32, channelBase: 2048, channelMax: 64, batch: 8 },
  { resolution: 32, channelBase: 2048, channelMax: 128, batch: 8 },
  { resolution: 32, channelBase: 2048, channelMax: 128, batch: 16 },
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

/** Something of the right size for every input of a phase. */
function exampleOf({ name, shape, kind }: Feed, networks: GanNetworks): Float32Array {
  const random = createRandom(name);
  const [player, part] = name.split('/') as [Player, string | undefined];
  if (part === 'weights' || part === 'average') return initialWeights(networks[player], random);
  if (part === 'rates') return learningRates(networks[player]);
  const next = () => (kind === 'scalar' ? 0.5 : random.normal() ** 2);
  return Float32Array.from({ length: elementCount(shape) }, next);
}

/** Runs of a phase with inputs that stay the same; returns the best milliseconds of several. */
async function timePhase(engine: Engine, networks: GanNetworks, phase: Phase, runs: number): Promise<number> {
  const program: CompiledProgram = await engine.compile(phase.program);
  const inputs: Record<string, Value> = {};
  for (const feed of phase.feeds) inputs[feed.name] = engine.upload(exampleOf(feed, networks), feed.shape);
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

function networksOf({ batch: _, ...size }: Size): GanNetworks {
  const { channelMax } = size;
  const common = { channels: 1, latentSize: channelMax, styleSize: channelMax, mappingLayers: 4 };
  return createStyleGan2({ ...size, ...common });
}

async function measureOurs(engine: Engine, size: Size): Promise<number> {
  const { batch } = size;
  const networks = networksOf(size);
  let total = 0;
  for (const phase of trainingPhases(networks, recipeOf(batch)))
    total += await timePhase(engine, networks, phase, 4);
  return total;
}

interface Peer {
  torch: string;
  milliseconds: number;
}

/** Undefined where there is no PyTorch. */
function measurePeer({ resolution, channelBase, channelMax, batch }: Size): Peer | undefined {
  const script = existsSync(peerScript) ? peerScript : join(process.cwd(), 'bench', 'train-peer.py');
  const args = [script, resolution, channelBase, channelMax, batch, threads, 4].map(String);
  const { status, stdout } = spawnSync(python, args, { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const { torch, discriminator, generator } = JSON.parse(stdout) as {
    torch: string;
    discriminator: number;
    generator: number;
  };
  return { torch, milliseconds: discriminator + generator };
}

/** Best milliseconds of several runs of one operation. */
async function timeOperation(engine: Engine, shapes: Shape[], build: Build): Promise<number> {
  const graph = new Graph();
  const nodes = shapes.map((shape, i) => graph.input(`x${i}`, shape));
  const program = await engine.compile({ name: 'one', graph, outputs: { result: build(graph, nodes) } });
  const random = createRandom(1);
  const upload = (shape: Shape) =>
    engine.upload(Float32Array.from({ length: elementCount(shape) }, random.uniform), shape);
  const inputs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, upload(shape)]));
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 12; run++) {
    const startedAt = performance.now();
    const { result } = await program.run(inputs);
    if (run > 1) best = Math.min(best, performance.now() - startedAt);
    result!.dispose();
  }
  await program.close();
  return best;
}

type Build = (graph: Graph, inputs: Node[]) => Node;

async function compareConvolutions(engine: Engine): Promise<void> {
  const product = 1024;
  const square: Shape = [product, product];
  const multiply: Build = (graph, [a, b]) => graph.matmul(a!, b!);
  const peak = (2 * product ** 3) / (await timeOperation(engine, [square, square], multiply)) / 1e6;
  console.log('\n| operation | GFLOP/s | of sgemm |\n| --- | --- | --- |');
  console.log(`| sgemm ${product}x${product}x${product} | ${peak.toFixed(1)} | 1.00 |`);
  for (const [side, channels] of [
    [64, 64],
    [32, 128],
    [16, 128],
  ] as const) {
    const [images, kernels]: Shape[] = [
      [8, channels, side, side],
      [channels, channels, 3, 3],
    ];
    const geometry = { stride: 1, pad: 1 };
    const operations = 2 * elementCount(images!) * channels * 9;
    const rows: [string, Shape[], Build][] = [
      ['forward', [images!, kernels!], (graph, [x, w]) => graph.convolution(x!, w!, geometry)],
      [
        'gradient of images',
        [images!, kernels!],
        (graph, [y, w]) => graph.convolutionInput(y!, w!, { ...geometry, shape: images! }),
      ],
      [
        'gradient of kernels',
        [images!, images!],
        (graph, [x, y]) => graph.convolutionWeights(x!, y!, { ...geometry, shape: kernels! }),
      ],
    ];
    for (const [label, shapes, build] of rows) {
      const speed = operations / (await timeOperation(engine, shapes, build)) / 1e6;
      const name = `3x3 convolution, 8 images of ${side}, ${channels} channels, ${label}`;
      console.log(`| ${name} | ${speed.toFixed(1)} | ${(speed / peak).toFixed(2)} |`);
    }
  }
}

/** Shares of the operators of ONNX Runtime in one step, by its own profile. */
async function profileStep(size: Size): Promise<void> {
  const networks = networksOf(size);
  const times = new Map<string, number>();
  for (const phase of trainingPhases(networks, recipeOf(size.batch))) {
    const { bytes } = programToOnnx(phase.program, { channelBlock: await channelBlockOfProcessor() });
    const session = await ort.InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      enableProfiling: true,
      profileFilePrefix: join(tmpdir(), `sungan-profile-${process.pid}`),
      extra: { session: { intra_op: { allow_spinning: '1' } } },
    });
    const feeds = Object.fromEntries(
      phase.feeds.map((feed) => [
        feed.name,
        new ort.Tensor('float32', exampleOf(feed, networks), [...feed.shape]),
      ]),
    );
    for (let run = 0; run < 3; run++) await session.run(feeds);
    session.endProfiling();
    await session.release();
  }
  const files = readdirSync(tmpdir()).filter((name) => name.startsWith(`sungan-profile-${process.pid}`));
  for (const file of files) {
    const events = JSON.parse(readFileSync(join(tmpdir(), file), 'utf8')) as ProfileEvent[];
    for (const { cat, dur, args } of events) {
      if (cat !== 'Node' || !args?.op_name) continue;
      times.set(args.op_name, (times.get(args.op_name) ?? 0) + dur / 3000);
    }
    rmSync(join(tmpdir(), file));
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n| operator, ${label(size)} | ms a step | share |\n| --- | --- | --- |`);
  for (const [name, time] of [...times].sort((a, b) => b[1] - a[1]).slice(0, 12))
    console.log(`| ${name} | ${time.toFixed(1)} | ${((100 * time) / total).toFixed(0)} % |`);
}

interface ProfileEvent {
  cat: string;
  /** Microseconds. */
  dur: number;
  args?: { op_name?: string };
}

function label({ resolution, channelBase, channelMax, batch }: Size): string {
  return `${resolution} pixels, ${channelBase / resolution}..${channelMax} channels, batch ${batch}`;
}

// PyTorch's threads wait in a loop, too.
const engine = await openEngine('ort:cpu', { threads, spin: true });
const lines: string[] = [];
let version = 'PyTorch';
for (const size of SIZES) {
  let ours = Number.POSITIVE_INFINITY;
  let peer = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    ours = Math.min(ours, await measureOurs(engine, size));
    const measured = measurePeer(size);
    if (measured) version = `PyTorch ${measured.torch}`;
    peer = Math.min(peer, measured?.milliseconds ?? Number.POSITIVE_INFINITY);
  }
  const speed = (milliseconds: number) =>
    Number.isFinite(milliseconds) ? ((size.batch / milliseconds) * 1000).toFixed(1) : 'absent';
  const ratio = Number.isFinite(peer) ? (peer / ours).toFixed(2) : '';
  lines.push(`| ${label(size)} | ${speed(ours)} | ${speed(peer)} | ${ratio} |`);
}
console.log(`| a step of D and G, ${threads} threads | ours img/s | ${version} img/s | ours / PyTorch |`);
console.log(`| --- | --- | --- | --- |\n${lines.join('\n')}`);
await compareConvolutions(engine);
await profileStep(SIZES.at(-1)!);
await engine.close();
