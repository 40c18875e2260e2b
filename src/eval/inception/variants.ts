/**
 * How a picture becomes the network's input, as each of the known tools does it. The same pictures have a different FID
 * under each, so every number carries the name of its variant.
 */
import { type ColourPlanes, resizeBicubic, resizeBilinear, resizeTensorflow1 } from '../measures/resize.ts';
import { INPUT_SIZE } from './architecture.ts';

interface Variant {
  readonly summary: string;
  /** One channel or three, values 0..255 in whole steps. */
  resize(planes: ColourPlanes): ColourPlanes;
  /** 0..255 to about -1..1. */
  scale(value: number): number;
}

/** TensorFlow's own network subtracts 128 and divides by 128: white is 0.992. */
const aroundGray = (value: number) => (value - 128) / 128;

export const VARIANTS = {
  stylegan: {
    summary: 'NVIDIA StyleGAN2 and 3: 8 bits, gray three times, bilinear at corners (TensorFlow 1)',
    resize: (planes) => resizeTensorflow1(planes, INPUT_SIZE, INPUT_SIZE),
    scale: aroundGray,
  },
  'pytorch-fid': {
    summary: 'mseitzer/pytorch-fid: bilinear at half-pixel centres, no antialias',
    resize: (planes) => resizeBilinear(planes, INPUT_SIZE, INPUT_SIZE),
    scale: (value) => (2 * value) / 255 - 1,
  },
  clean: {
    summary: 'clean-fid: bicubic with antialias, clipped, not rounded',
    resize: (planes) => resizeBicubic(planes, INPUT_SIZE, INPUT_SIZE),
    scale: aroundGray,
  },
  tf1: {
    summary: 'bioinf-jku/TTUR, the first: bilinear at corners (TensorFlow 1)',
    resize: (planes) => resizeTensorflow1(planes, INPUT_SIZE, INPUT_SIZE),
    scale: aroundGray,
  },
} satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as [VariantName, ...VariantName[]];

/** The network sees gray three times, or red, green and blue; other channels have no place in it. */
export function fitsNetwork(channels: number): boolean {
  return channels === 1 || channels === 3;
}

/** One picture of bytes as floats [channels, height, width] to [3, 299, 299]; gray stands in all three channels. */
export function prepareInput(planes: ColourPlanes, name: VariantName, target: Float32Array): void {
  const variant: Variant = VARIANTS[name];
  const { data, channels } = variant.resize(northUp(planes));
  const area = INPUT_SIZE * INPUT_SIZE;
  for (let channel = 0; channel < 3; channel++) {
    const source = Math.min(channel, channels - 1) * area;
    for (let i = 0; i < area; i++) target[channel * area + i] = variant.scale(data[source + i]);
  }
}

/** Here row 0 is the bottom; other tools see picture files from the top, and one of the resizers is not symmetric. */
function northUp({ channels, width, height, data }: ColourPlanes): ColourPlanes {
  const flipped = new Float32Array(data.length);
  for (let row = 0; row < channels * height; row++) {
    const mirrored = row - (row % height) + (height - 1 - (row % height));
    flipped.set(data.subarray(row * width, (row + 1) * width), mirrored * width);
  }
  return { channels, width, height, data: flipped };
}
