/** How the transform changes the distribution of pixels: histograms, cumulative shares and skewness before and after. */
import { histogram, moments, quantile } from '../numeric/index.ts';
import { channelOf } from './channels.ts';
import type { Dataset } from './dataset.ts';

export interface Distribution {
  /** Ends of the range that the bins cover. */
  low: number;
  high: number;
  /** Share of the pixels in each bin. */
  shares: number[];
  mean: number;
  std: number;
  skewness: number;
}

export interface ChannelHistograms {
  channel: string;
  unit: string;
  frames: number;
  size: number;
  /** Linear values, bins of equal width up to the 99.9 % quantile: a few flares would leave all others one bin. */
  before: Distribution;
  /** Transform space, 0..1. */
  after: Distribution;
}

const BINS = 64;
/** Pixels a side and frames looked at: enough for a distribution, quick for any dataset. */
const LARGEST_SIZE = 256;
const LARGEST_FRAMES = 32;

export async function measureHistograms(dataset: Dataset): Promise<ChannelHistograms[]> {
  const size = dataset.levels.find((level) => level <= LARGEST_SIZE)!;
  const frames = spread(dataset.count, LARGEST_FRAMES);
  const pixels = await dataset.readFloat(size, frames);
  return dataset.channels.map((channel, i) => {
    const values = planeOf(pixels, i, dataset.channels.length, size * size);
    const transform = dataset.transforms[i]!;
    const linear = transform.inverse(values);
    return {
      channel,
      unit: channelOf(channel).unit,
      frames: frames.length,
      size,
      before: describe(linear, ...rangeOf(linear)),
      after: describe(values, 0, 1),
    };
  });
}

/** From the 0.1 % to the 99.9 % quantile, zero among them. */
function rangeOf(values: Float32Array): [low: number, high: number] {
  const [low, high] = [quantile(values, 0.001), quantile(values, 0.999)];
  return [Math.min(0, low), Math.max(1, high)];
}

function describe(values: Float32Array, low: number, high: number): Distribution {
  const { mean, std, skewness } = moments(values);
  const { counts } = histogram(values, BINS, low, high);
  return { low, high, shares: [...counts].map((count) => count / values.length), mean, std, skewness };
}

/** Values of one channel of [n, C, pixels]. */
function planeOf(pixels: Float32Array, channel: number, channels: number, length: number): Float32Array {
  if (channels === 1) return pixels;
  const frames = pixels.length / (channels * length);
  const result = new Float32Array(frames * length);
  for (let n = 0; n < frames; n++) {
    const start = (n * channels + channel) * length;
    result.set(pixels.subarray(start, start + length), n * length);
  }
  return result;
}

function spread(count: number, limit: number): number[] {
  const taken = Math.min(count, limit);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

const PANEL = { width: 420, height: 200, left: 54, right: 24, top: 40, bottom: 36, gap: 40 };

/** Two panels a channel: linear values and transform space, bars for shares (square root) and a line for the sum. */
export function drawHistograms(channels: readonly ChannelHistograms[], title: string): string {
  const rowHeight = PANEL.top + PANEL.height + PANEL.bottom;
  const width = 2 * (PANEL.left + PANEL.width) + PANEL.gap + PANEL.right;
  const height = 30 + channels.length * rowHeight;
  const panels = channels.flatMap(({ channel, unit, before, after }, row) => {
    const y = 30 + row * rowHeight + PANEL.top;
    const right = PANEL.left + PANEL.width + PANEL.gap + PANEL.left;
    return [
      drawPanel(before, PANEL.left, y, `${channel}: before, ${unit}, to the 99.9 % quantile`),
      drawPanel(after, right, y, `${channel}: after the transform`),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${PANEL.left}" y="22" font-size="14">${title}</text>
${panels.join('\n')}
</svg>
`;
}

function drawPanel(
  { low, high, shares, skewness, mean }: Distribution,
  left: number,
  top: number,
  label: string,
): string {
  const { width, height } = PANEL;
  const highest = Math.sqrt(Math.max(...shares));
  const barWidth = width / shares.length;
  const bars = shares.map((share, i) => {
    const size = (height * Math.sqrt(share)) / highest;
    return `<rect x="${round(left + i * barWidth)}" y="${round(top + height - size)}" width="${round(barWidth)}" height="${round(size)}"/>`;
  });
  let sum = 0;
  const line = shares.map((share, i) => {
    sum += share;
    return `${round(left + (i + 1) * barWidth)},${round(top + height * (1 - sum))}`;
  });
  const bottom = top + height;
  return `<g>
<text x="${left}" y="${top - 8}">${label}; mean ${short(mean)}, skewness ${short(skewness)}</text>
<g fill="#c98a4b">${bars.join('')}</g>
<polyline points="${left},${bottom} ${line.join(' ')}" fill="none" stroke="#20507a" stroke-width="1.5"/>
<path d="M${left} ${top}V${bottom}H${left + width}" fill="none" stroke="#333333"/>
<text x="${left}" y="${bottom + 16}">${short(low)}</text>
<text x="${left + width}" y="${bottom + 16}" text-anchor="end">${short(high)}</text>
<text x="${left + width / 2}" y="${bottom + 16}" text-anchor="middle" fill="#555555">bars: share (square root); line: cumulative share</text>
<text x="${left - 6}" y="${top + 8}" text-anchor="end">1</text>
<text x="${left - 6}" y="${bottom}" text-anchor="end">0</text>
</g>`;
}

const round = (value: number) => Number(value.toFixed(2));
const short = (value: number) => Number(value.toPrecision(3));
