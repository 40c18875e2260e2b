/** Science values to colours for pictures, between the channel's limits, through a table of our own. */
import type { Image } from '../numeric/index.ts';
import type { Channel } from './channels.ts';

type Rgb = readonly [number, number, number];

/** RGB rows from the top (solar north) down: arrays begin in the south, pictures in the north. */
export function toRgb(image: Image, channel: Channel): Uint8Array {
  const { width, height, data } = image;
  const table = colourTable(channel);
  const shadeOf = shader(channel);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = (height - 1 - y) * width;
    for (let x = 0; x < width; x++) {
      rgb.set(table[shadeOf(data[row + x]!)]!, (y * width + x) * 3);
    }
  }
  return rgb;
}

/** Linear value to 0..255; NaN is black. */
function shader({ picture }: Channel): (value: number) => number {
  const [low, high] = picture.range;
  const limit = (shade: number) => (shade > 0 ? Math.min(255, Math.round(shade)) : 0);
  if (picture.scale === 'linear') return (value) => limit((255 * (value - low)) / (high - low));
  const scale = 255 / Math.log(high / low);
  return (value) => limit(Math.log(value / low) * scale);
}

function colourTable({ picture: { middle, bright } }: Channel): Rgb[] {
  const stops: [number, Rgb][] = [
    [0, [0, 0, 0]],
    [0.5, middle],
    [0.82, bright],
    [1, [255, 255, 255]],
  ];
  return Array.from({ length: 256 }, (_, shade) => {
    const at = shade / 255;
    const upper = Math.max(
      1,
      stops.findIndex(([position]) => position >= at),
    );
    const [p0, c0] = stops[upper - 1]!;
    const [p1, c1] = stops[upper]!;
    const t = (at - p0) / (p1 - p0);
    return [0, 1, 2].map((i) => Math.round(c0[i]! + t * (c1[i]! - c0[i]!))) as unknown as Rgb;
  });
}
