/** Which statistics of a run become which chart. A new chart is a row here. */
import { QUANTITIES } from '../measures/solar/quantities.ts';
import type { CurveGroup } from './model.ts';

interface ChartRow {
  title: string;
  caption: string;
  yLabel: string;
  yLog?: boolean;
  /** Column of `stats.jsonl` and its name on the page. */
  columns: readonly (readonly [string, string])[];
}

const CHARTS: readonly ChartRow[] = [
  {
    title: 'Losses',
    caption: 'Both should level off; one that runs away has lost its opponent.',
    yLabel: 'loss',
    columns: [
      ['generatorLoss', 'generator'],
      ['discriminatorLoss', 'discriminator'],
    ],
  },
  {
    title: 'Discriminator output',
    caption:
      'Mean score of real and generated pictures. A gap that grows without end is a discriminator that wins.',
    yLabel: 'score',
    columns: [
      ['realScore', 'D(real)'],
      ['fakeScore', 'D(generated)'],
    ],
  },
  {
    title: 'Share of reals called real',
    caption: 'Mean sign of D(real): near 1 the discriminator knows its training frames by heart.',
    yLabel: 'mean sign',
    columns: [['realSign', 'sign of D(real)']],
  },
  {
    title: 'Gradient penalties',
    caption:
      'Squared gradient of the discriminator at real (R1) and generated (R2) pictures, before weighting.',
    yLabel: 'squared gradient',
    yLog: true,
    columns: [
      ['r1', 'R1'],
      ['r2', 'R2'],
    ],
  },
  {
    title: 'Path length',
    caption: 'Mean length of the generator’s response to a step in style space.',
    yLabel: 'length',
    columns: [['pathLength', 'path length']],
  },
  {
    title: 'Diversity of the samples',
    caption: 'Spread of the sample pictures over that of the reals: near 0 the generator has collapsed.',
    yLabel: 'share of reals',
    columns: [['diversity', 'diversity']],
  },
  {
    title: 'SWD',
    caption:
      'Sliced Wasserstein distance from reals that are not learnt from, mean of levels, at fixed seeds.',
    yLabel: 'SWD x 10⁻³',
    columns: [['swd', 'SWD']],
  },
  {
    title: 'MS-SSIM of pairs',
    caption: 'Above the line of the reals the generated pictures are too much alike.',
    yLabel: 'MS-SSIM',
    columns: [
      ['ms-ssim', 'generated'],
      ['ms-ssim-reals', 'reals'],
    ],
  },
  {
    title: 'Solar curves',
    caption: 'Distance of the mean intensity distribution, spectrum and profile from those of the reals.',
    yLabel: 'distance',
    yLog: true,
    columns: [
      ['intensity', 'intensity, dex'],
      ['spectrum', 'spectrum, dex'],
      ['profile', 'profile'],
    ],
  },
  {
    title: 'Solar quantities',
    caption: 'Distance of the distributions of each from the reals’, in their standard deviations.',
    yLabel: 'σ of the reals',
    yLog: true,
    columns: QUANTITIES.map(({ key, label }) => [key, label]),
  },
  {
    title: 'Augmentation',
    caption: 'Strength of the adaptive augmentation.',
    yLabel: 'probability',
    columns: [['augmentStrength', 'strength']],
  },
  {
    title: 'Speed',
    caption: 'Real pictures a second.',
    yLabel: 'pictures / s',
    columns: [['imagesPerSecond', 'pictures / s']],
  },
];

export function curveGroups(stats: readonly Readonly<Record<string, number>>[]): CurveGroup[] {
  return CHARTS.flatMap(({ columns, yLog = false, ...text }) => {
    const series = columns.flatMap(([column, name]) => {
      const points = stats.flatMap((tick) =>
        Number.isFinite(tick[column]) ? [{ x: tick['kimg'], y: tick[column] }] : [],
      );
      return points.length > 0 ? [{ name, points }] : [];
    });
    return series.length > 0 ? [{ ...text, yLog, series }] : [];
  });
}
