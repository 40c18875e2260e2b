/**
 * Do the numbers see what is wrong? Real browse pictures against other real ones that were made worse on purpose, over
 * strengths, and the floors of real against real by the number of pictures. Prints Markdown.
 *
 *   node scripts/bench.mjs sanity [pixels a side]
 *   SUNGAN_TEST_DATA names the folder that holds aia-browse-193-2017 where it does not lie beside the repository.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { quietEffects } from '../src/core/effects.ts';
import { compareSets } from '../src/eval/compare.ts';
import { createFeatureBook, type FeatureBook } from '../src/eval/features.ts';
import { type ImageSet, sample, subset } from '../src/eval/image-set.ts';
import { createExtractor } from '../src/eval/inception/extractor.ts';
import { createMatrixEngine } from '../src/eval/onnx/matrix.ts';
import { createRandom } from '../src/numeric/random.ts';
import { blurred, collapsed, dimmed, loadPictures, noisy, tinted } from '../test/support/faults.ts';
import { formulaWeights } from '../test/support/formula-weights.ts';
import { findRealData } from '../test/support/real-data-folder.ts';

const size = Number(process.argv[2] ?? 64);
const COUNT = 100;
const PAIRS = 500;
const DRAWS = 3;

const folder = findRealData(join(import.meta.dirname ?? '.', '../../..'));
if (folder === undefined) {
  console.error('no real pictures: set SUNGAN_TEST_DATA to the folder that holds aia-browse-193-2017');
  process.exit(1);
}

const FAULTS: [string, (set: ImageSet, strength: number) => ImageSet, number[]][] = [
  ['nothing', (set) => set, [0]],
  ['noise, σ of full scale', noisy, [0.02, 0.05, 0.15]],
  ['blur, radius in pixels', blurred, [1, 2, 4]],
  ['modes left', collapsed, [20, 5, 1]],
  ['brightness, factor', dimmed, [0.95, 0.85, 0.6]],
];
const TINTS = [1, 0.95, 0.85, 0.6];

const COLUMNS = [
  ['swd.mean', 'SWD x 10³'],
  ['ms-ssim', 'MS-SSIM'],
  ['solar.spectrum', 'spectrum, dex'],
  ['solar.intensity', 'intensity, dex'],
  ['solar.profile', 'profile'],
  ['solar.flux', 'flux, σ'],
] as const;

/** Of features by weights that a formula makes: what they see, the genuine ones see as well or better. None of it is FID. */
const FEATURE_COLUMNS = [
  ['fid', 'Frechet distance'],
  ['kid', 'kernel distance'],
  ['support.precision', 'precision'],
  ['support.recall', 'recall'],
  ['support.density', 'density'],
  ['support.coverage', 'coverage'],
] as const;

async function scoresOf(
  real: ImageSet,
  fake: ImageSet,
  features?: FeatureBook,
): Promise<Map<string, number>> {
  const { results } = await compareSets(
    {
      real,
      fake,
      metrics: features ? ['fid', 'kid', 'support'] : ['swd', 'ms-ssim', 'solar'],
      features,
      count: real.count,
      seed: 1,
      settings: { ssimPairs: PAIRS },
      linear: (values) => values.map((value) => 255 * Math.min(1, Math.max(0, value))),
    },
    quietEffects(),
  );
  return new Map(results.flatMap(({ scores }) => scores.map(({ key, value }) => [key, value] as const)));
}

const short = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? '' : String(Number(value.toPrecision(3)));
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

async function faultTable(real: ImageSet, others: ImageSet): Promise<void> {
  console.log(
    `\n## Numbers over strengths: ${real.count} pictures a side, gray, ${size} x ${size}, ${PAIRS} pairs\n`,
  );
  console.log(row(['fault', 'strength', ...COLUMNS.map(([, title]) => title)]));
  console.log(row(['---', '---:', ...COLUMNS.map(() => '---:')]));
  for (const [name, make, strengths] of FAULTS) {
    for (const strength of strengths) {
      const scores = await scoresOf(real, make(others, strength));
      const words = name === 'nothing' ? '' : String(strength);
      console.log(row([name, words, ...COLUMNS.map(([key]) => short(scores.get(key)))]));
    }
  }
}

async function featureTable(real: ImageSet, others: ImageSet): Promise<void> {
  const extractor = await createExtractor(formulaWeights(), { name: 'weights by formula', hash: '' });
  const matrices = await createMatrixEngine();
  const book = createFeatureBook({
    extractor,
    classifier: new Float32Array(),
    product: matrices.product,
    variant: 'clean',
    cache: undefined,
    effects: quietEffects(),
  });
  console.log('\n## Numbers of features over strengths: the Inception network with weights by a formula\n');
  console.log(row(['fault', 'strength', ...FEATURE_COLUMNS.map(([, title]) => title)]));
  console.log(row(['---', '---:', ...FEATURE_COLUMNS.map(() => '---:')]));
  for (const [name, make, strengths] of FAULTS) {
    for (const strength of strengths) {
      const scores = await scoresOf(real, make(others, strength), book);
      const words = name === 'nothing' ? '' : String(strength);
      console.log(row([name, words, ...FEATURE_COLUMNS.map(([key]) => short(scores.get(key)))]));
    }
  }
  await extractor.close();
  await matrices.close();
}

async function tintTable(real: ImageSet, others: ImageSet): Promise<void> {
  console.log(`\n## A shift of colour: three channels, the third one scaled\n`);
  console.log(
    row([
      'factor',
      'SWD x 10³',
      'flux of channel 1, σ',
      'flux of channel 3, σ',
      'intensity of channel 3, dex',
    ]),
  );
  console.log(row(['---:', '---:', '---:', '---:', '---:']));
  for (const factor of TINTS) {
    const scores = await scoresOf(real, tinted(others, factor));
    const keys = ['swd.mean', 'solar.flux.1', 'solar.flux.3', 'solar.intensity.3'];
    console.log(row([String(factor), ...keys.map((key) => short(scores.get(key)))]));
  }
}

async function floorTable(all: ImageSet): Promise<void> {
  console.log(`\n## Floors by the number of pictures: reals against other reals, mean of ${DRAWS} draws\n`);
  console.log(row(['pictures a side', ...COLUMNS.map(([, title]) => title)]));
  console.log(row(['---:', ...COLUMNS.map(() => '---:')]));
  for (let count = 10; 2 * count <= all.count; count *= 2) {
    const draws: Map<string, number>[] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      const both = createRandom(`floors/${draw}`).shuffle(Array.from({ length: all.count }, (_, i) => i));
      draws.push(
        await scoresOf(subset(all, both.slice(0, count)), subset(all, both.slice(count, 2 * count))),
      );
    }
    const mean = (key: string) => draws.reduce((sum, scores) => sum + scores.get(key)!, 0) / DRAWS;
    console.log(row([String(count), ...COLUMNS.map(([key]) => short(mean(key)))]));
  }
}

const browse = join(folder, 'aia-browse-193-2017');
const files = readdirSync(browse)
  .filter((file) => file.endsWith('.jpg'))
  .sort()
  .map((file) => join(browse, file));
const label = 'AIA 193 browse pictures';
const gray = await loadPictures(label, files, { size, channels: 1 });
// Every other picture: both sides see the same months.
const parity = (set: ImageSet, rest: number) =>
  sample(
    subset(
      set,
      Array.from({ length: set.count }, (_, i) => i).filter((i) => i % 2 === rest),
    ),
    COUNT,
    createRandom('sanity'),
  );
const [real, others] = [parity(gray, 0), parity(gray, 1)];
await faultTable(real, others);
await featureTable(real, others);
const colour = await loadPictures(label, files, { size, channels: 3 });
await tintTable(parity(colour, 0), parity(colour, 1));
await floorTable(gray);
