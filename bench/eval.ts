/**
 * Evaluation against what people use in Python, in turn on the same processor: Inception features (PyTorch's own
 * inception_v3 of the same shape), the Frechet distance of 2048 features (scipy's matrix root), and SWD of many pictures
 * (numpy and scipy.ndimage, written after PG-GAN's definition).
 *
 *   node scripts/bench.mjs eval [features|frechet|swd|all] [rounds]
 *   SUNGAN_PYTHON=/path/to/python3 (with torch, torchvision, numpy, scipy) chooses the peer's Python; without them ours
 *   is timed alone.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFromMemory } from '../src/eval/image-set.ts';
import { createExtractor } from '../src/eval/inception/extractor.ts';
import { expectedShapes, type WeightTensor } from '../src/eval/inception/weights.ts';
import { frechetDistance } from '../src/eval/measures/frechet.ts';
import { statisticsOf } from '../src/eval/measures/statistics.ts';
import { swdOfSets } from '../src/eval/metrics/swd.ts';
import { createMatrixEngine } from '../src/eval/onnx/matrix.ts';
import { createSlicedEngine } from '../src/eval/sliced/index.ts';
import { createRandom } from '../src/numeric/random.ts';
import { type Competitor, compare, printTimings } from './timing.ts';

const PICTURES = 32;
const BATCH = 8;
const DIMENSION = 2048;
const FEATURE_ROWS = 4096;
const SWD_PICTURES = 4096;
const SWD_SIZE = 64;

const python = process.env['SUNGAN_PYTHON'] ?? 'python3';
const peerScript = join(import.meta.dirname ?? '.', '../../../bench/eval-peer.py');
const threads = availableParallelism();
/** Rows of the table at the end. */
const summary: string[] = [];

/** The peer measures itself, without its start, and prints milliseconds. */
function peer(job: string, numbers: readonly number[]): Competitor | undefined {
  const run = () =>
    spawnSync(python, [peerScript, job, String(threads), ...numbers.map(String)], { encoding: 'utf8' });
  const trial = spawnSync(python, [peerScript, 'check', job], { encoding: 'utf8' });
  if (trial.status !== 0) {
    console.log(`${job}: no peer (${(trial.stderr || String(trial.error)).trim().split('\n').at(-1)})`);
    return undefined;
  }
  return {
    name: trial.stdout.trim(),
    measure() {
      const { stdout, stderr, status } = run();
      if (status !== 0) throw new Error(stderr);
      return Number(stdout);
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function ofFeatures(rounds: number): Promise<void> {
  const random = createRandom(1);
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of expectedShapes()) {
    const length = shape.reduce((product, size) => product * size, 1);
    const spread = name.endsWith('conv.weight') ? Math.sqrt((2 * shape[0]!) / length) : 0.1;
    const offset = /bn\.weight|running_var/.test(name) ? 1 : 0;
    weights.set(name, {
      shape,
      data: Float32Array.from({ length }, () => offset + spread * (random.uniform() - 0.5)),
    });
  }
  const extractor = await createExtractor(weights, { name: 'bench', hash: '' });
  const input = Float32Array.from({ length: BATCH * 3 * 299 * 299 }, () => 2 * random.uniform() - 1);
  const own: Competitor = {
    name: `ours, ${PICTURES} pictures`,
    measure: () =>
      timed(async () => {
        for (let i = 0; i < PICTURES; i += BATCH) await extractor.features(input);
      }),
  };
  await report('Inception features', own, peer('features', [PICTURES, BATCH]), rounds);
  await extractor.close();
}

async function ofFrechet(rounds: number): Promise<void> {
  const random = createRandom(2);
  const draw = () => Float32Array.from({ length: FEATURE_ROWS * DIMENSION }, () => random.normal());
  const engine = await createMatrixEngine();
  const [a, b] = [
    await statisticsOf(draw(), DIMENSION, engine.product),
    await statisticsOf(draw(), DIMENSION, engine.product),
  ];
  const own: Competitor = {
    name: `ours, ${DIMENSION} dimensions`,
    measure: () => timed(() => frechetDistance(a, b, engine.product)),
  };
  await report(
    'Frechet distance of given statistics',
    own,
    peer('frechet', [FEATURE_ROWS, DIMENSION]),
    rounds,
  );
  await engine.close();
}

async function ofSwd(rounds: number): Promise<void> {
  const random = createRandom(3);
  const draw = () => {
    const data = Float32Array.from({ length: SWD_PICTURES * SWD_SIZE * SWD_SIZE }, () => random.uniform());
    return setFromMemory('noise', { width: SWD_SIZE, height: SWD_SIZE, channels: 1, data });
  };
  const [a, b] = [draw(), draw()];
  const engine = await createSlicedEngine();
  const own: Competitor = {
    name: `ours, ${SWD_PICTURES} gray pictures of ${SWD_SIZE}`,
    measure: () => timed(() => swdOfSets(a, b, 1, engine)),
  };
  await report('SWD of two sets', own, peer('swd', [SWD_PICTURES, SWD_SIZE]), rounds);
  await engine.close();
}

async function report(
  title: string,
  own: Competitor,
  other: Competitor | undefined,
  rounds: number,
): Promise<void> {
  const timings = await compare(other ? [own, other] : [own], rounds);
  printTimings(title, timings);
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
  const [ours, theirs] = timings;
  const cells = theirs
    ? [`${seconds(theirs.median)} (${theirs.name})`, `${(theirs.median / ours!.median).toFixed(2)} x`]
    : ['', ''];
  summary.push(
    `| ${title}, ${own.name.replace('ours, ', '')} | ${seconds(ours!.median)} | ${cells.join(' | ')} |`,
  );
}

const JOBS = { features: ofFeatures, frechet: ofFrechet, swd: ofSwd };
const [wanted = '', rounds = '3'] = process.argv.slice(2);
for (const [name, job] of Object.entries(JOBS))
  if (wanted === '' || wanted === 'all' || wanted === name) await job(Number(rounds));
console.log(['', '| job | ours | peer | as fast |', '| --- | ---: | ---: | ---: |', ...summary].join('\n'));
