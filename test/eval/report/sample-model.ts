/** A whole report model with drawn pictures, so that the page can be checked without a run. */
import sharp from 'sharp';
import { judgementOf } from '../../../src/eval/report/judgement.ts';
import type { EmbeddedImage, ReportModel } from '../../../src/eval/report/model.ts';
import type { EvalSummary, MetricResult, Score } from '../../../src/eval/scores.ts';
import { createRandom } from '../../../src/numeric/random.ts';

/** A grid of noisy disks. */
export async function diskGrid(tiles: number, noise: number, alternative: string): Promise<EmbeddedImage> {
  const side = 32;
  const size = tiles * side;
  const random = createRandom(`grid/${noise}`);
  const pixels = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const radius = Math.hypot((x % side) - 15.5, (y % side) - 15.5) / 12;
      const sun = radius < 1 ? 90 + 90 * radius ** 4 : 120 * Math.exp((1 - radius) * 6);
      pixels[y * size + x] = Math.max(0, Math.min(255, sun + noise * random.normal()));
    }
  }
  const png = await sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
    .png()
    .toBuffer();
  return { uri: `data:image/png;base64,${png.toString('base64')}`, width: size, height: size, alternative };
}

function score(key: string, label: string, value: number, floors: [number, number]): Score {
  return {
    key,
    label,
    value,
    unit: 'x 10⁻³',
    sense: 'lower',
    floors: [
      { pair: 'train-test', label: 'train split against test split', value: floors[0], count: 64 },
      { pair: 'halves', label: 'random halves of the reals', value: floors[1], count: 64 },
    ],
  };
}

export function sampleSummary(): EvalSummary {
  const side = { count: 64, resolution: 32, channels: 1, simulated: true, hash: 'ab12' };
  return {
    schema: 1,
    version: '0.1.0',
    createdAt: '2026-01-02T03:04:05Z',
    kimg: 40,
    seed: 1,
    real: { ...side, label: 'demo, test split', source: 'datasets/demo', generated: false },
    fake: { ...side, label: '0001-demo', source: 'runs/0001-demo', generated: true },
    warnings: ['1024 pictures a side were asked for; demo, test split has 64'],
    results: [
      {
        metric: 'swd',
        title: 'Sliced Wasserstein distance',
        variant: 'PG-GAN, gray native, 8-bit, 128 patches an image, 4 x 128 directions',
        count: { real: 64, fake: 64 },
        seed: 1,
        seconds: 3.2,
        warnings: ['SWD of 64 pictures a side: compare it with its floor only'],
        scores: [
          score('swd.32', 'SWD at 32 x 32', 18.4, [7.1, 6.3]),
          score('swd.16', 'SWD at 16 x 16', 31.2, [9.4, 8.8]),
          score('swd.mean', 'SWD mean of levels', 24.8, [8.2, 7.5]),
        ],
      },
      {
        metric: 'ms-ssim',
        title: 'MS-SSIM between random pairs',
        variant: 'PG-GAN, five scales, 8-bit, 2016 pairs',
        count: { real: 64, fake: 64 },
        seed: 1,
        seconds: 2,
        warnings: [],
        scores: [
          {
            key: 'ms-ssim',
            label: 'MS-SSIM of pairs',
            value: 0.8123,
            unit: '',
            sense: 'match',
            reference: 0.7712,
            floors: [
              {
                pair: 'train-test',
                label: 'train split against test split, difference',
                value: 0.013,
                count: 64,
              },
            ],
          },
        ],
      },
      fidResult('clean', 41.5),
    ],
  };
}

/** FID with a resizer, its interval and the warning that few pictures bring. */
export function fidResult(resizer: string, value: number): MetricResult {
  return {
    metric: 'fid',
    title: 'FID',
    variant: `${resizer} resizer, inception.pth`,
    count: { real: 64, fake: 64 },
    seed: 1,
    seconds: 5,
    warnings: ['FID from 64 pictures a side: the covariance of 2048 features is singular'],
    scores: [
      {
        ...score('fid', 'FID', value, [22.5, 20.25]),
        unit: '',
        interval: { low: value - 4, high: value + 4, level: 0.95, method: 'bootstrap' },
      },
    ],
  };
}

export async function sampleModel(): Promise<ReportModel> {
  const kimgs = [0, 8, 16, 24, 32, 40];
  const steps = Array.from({ length: 60 }, (_, i) => (i + 1) * 0.7);
  const random = createRandom(9);
  const series = (name: string, value: (x: number) => number) => ({
    name,
    points: steps.map((x) => ({ x, y: value(x) + 0.05 * random.normal() })),
  });
  const grids = await Promise.all(kimgs.map((kimg) => diskGrid(4, 60 - kimg, `Grid after ${kimg}`)));
  const summary = sampleSummary();
  return {
    title: 'Report on 0001-demo <simulated>',
    createdAt: '2026-01-02T03:04:05Z',
    version: '0.1.0',
    runs: [
      {
        name: '0001-demo',
        simulated: true,
        facts: [
          { label: 'Data', value: 'demo, 640 frames' },
          { label: 'Resolution', value: '32 x 32, 1 channel' },
          { label: 'Pictures seen', value: '40.0 thousand in 4 min' },
        ],
        data: {
          name: 'demo',
          facts: [
            { label: 'Transform', value: 'log1p' },
            { label: 'Hash', value: '5f0c'.repeat(16) },
          ],
          accepted: 640,
          rejected: 31,
          reasons: [
            { reason: 'eclipse', count: 12 },
            { reason: 'exposure', count: 19 },
          ],
          splits: [
            { split: 'train', count: 500, from: '2014-01-01T00:00:00Z', to: '2014-01-24T00:00:00Z' },
            { split: 'test', count: 64, from: '2014-01-25T00:00:00Z', to: '2014-01-30T00:00:00Z' },
          ],
          contactSheet: await diskGrid(8, 6, 'Contact sheet of 64 frames'),
        },
        curves: [
          {
            title: 'Losses',
            caption: 'Neither should run away.',
            yLabel: 'loss',
            yLog: false,
            series: [series('generator', (x) => 1 + 1 / x), series('discriminator', (x) => 0.6 + 0.3 / x)],
          },
          {
            title: 'Discriminator output',
            caption: 'Mean over real and generated pictures.',
            yLabel: 'logit',
            yLog: false,
            series: [series('D(real)', (x) => 0.5 + x / 80), series('D(fake)', (x) => -0.5 - x / 80)],
          },
          {
            title: 'R1 penalty',
            caption: 'Before weighting.',
            yLabel: 'R1',
            yLog: true,
            series: [series('R1', (x) => 1 + 3 / x)],
          },
          {
            title: 'Speed',
            caption: 'Real pictures a second.',
            yLabel: 'img/s',
            yLog: false,
            series: [series('img/s', () => 120)],
          },
        ],
        samples: grids.map((image, i) => ({ kimg: kimgs[i], image })),
        reals: await diskGrid(4, 6, 'Grid of real frames'),
        judgement: judgementOf([summary]),
        options: [
          { label: 'preset', value: 'demo' },
          { label: 'seed', value: '1' },
        ],
      },
    ],
  };
}
