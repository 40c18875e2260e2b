/**
 * How sample pictures show values: back to the linear unit first (DN at nominal exposure, gauss), then one fixed scale a
 * channel, the same for reals and fakes, for every run and every tick, and that of the dataset's contact sheets.
 */
import type { PhysicalChannel } from '../data/images.ts';

interface DisplayScale {
  scale: 'log' | 'linear';
  /** Linear values shown as black and as white. */
  low: number;
  high: number;
  unit: string;
}

const log = (low: number, high: number): DisplayScale => ({ scale: 'log', low, high, unit: 'DN' });

/** By the channel's name in the dataset. */
export const DISPLAY_SCALES: Readonly<Record<string, DisplayScale>> = {
  94: log(0.5, 60),
  131: log(1, 600),
  171: log(10, 5000),
  193: log(10, 5000),
  211: log(4, 4000),
  304: log(1, 1000),
  335: log(0.5, 300),
  1600: log(10, 1000),
  1700: log(50, 2500),
  4500: log(200, 13000),
  'hmi-m': { scale: 'linear', low: -250, high: 250, unit: 'G' },
  'hmi-ic': { scale: 'linear', low: 0, high: 65000, unit: 'DN/s' },
};

/** `images` [n, channels, side, side] in transform space as shades 0..1; without channels they stay as they are. */
export function toShades(
  images: Float32Array,
  side: number,
  channels: readonly PhysicalChannel[] | undefined,
): Float32Array {
  if (!channels) return images;
  const area = side * side;
  const shades = new Float32Array(images.length);
  for (let plane = 0; plane * area < images.length; plane++) {
    const channel = channels[plane % channels.length]!;
    const values = images.slice(plane * area, (plane + 1) * area);
    shades.set(shadesOf(values, channel), plane * area);
  }
  return shades;
}

function shadesOf(values: Float32Array, { name, inverse }: PhysicalChannel): Float32Array {
  const display = DISPLAY_SCALES[name];
  if (!display) return values;
  const { scale, low, high } = display;
  const shade =
    scale === 'linear'
      ? (value: number) => (value - low) / (high - low)
      : (value: number) => Math.log(Math.max(value, low) / low) / Math.log(high / low);
  return inverse(values).map(shade);
}

/** For the metadata of a picture. */
export function describeScale(channels: readonly PhysicalChannel[] | undefined): string {
  const parts = (channels ?? []).map(({ name }) => {
    const display = DISPLAY_SCALES[name];
    if (!display) return `${name}: transform space, 0 black, 1 white`;
    const { scale, low, high, unit } = display;
    return `${name}: ${low} ${unit} black, ${high} ${unit} white, ${scale === 'log' ? 'logarithmic' : 'linear'}`;
  });
  const words = parts.length > 0 ? parts.join('; ') : 'gray is transform space, 0 black, 1 white';
  return `Scale, ${words}; solar north is up.`;
}
