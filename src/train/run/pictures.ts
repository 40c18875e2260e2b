/** Sample pictures of a run: fixed seeds, north up, with words that say what they are. */
import { join } from 'node:path';
import { writeAtomic } from '../../core/files.ts';
import { SOFTWARE } from '../../core/png-text.ts';
import { imageGrid } from '../data/grid.ts';
import type { PhysicalChannel, TrainingImages } from '../data/images.ts';
import { encodeGrayPng } from '../data/png.ts';
import { describeScale, toShades } from './display.ts';
import type { RunFolder } from './folder.ts';

const MADE = 'Made by a neural network. Not an observation of the Sun.';

/** Words for the metadata of a picture that a generator made; its grays are transform space unless `scale` says else. */
export function generatedWords(source: string, scale = describeScale(undefined)): Record<string, string> {
  return { Software: SOFTWARE, Title: 'GENERATED', Description: `${MADE} ${scale}`, Source: source };
}

export async function writeSamples(
  folder: RunFolder,
  seen: number,
  images: Float32Array,
  shape: GridShape,
  physical: readonly PhysicalChannel[] | undefined,
): Promise<string> {
  const path = join(folder.samples, `${String(seen).padStart(9, '0')}.png`);
  const source = `samples of fixed seeds after ${seen} images`;
  const shades = toShades(images, shape.resolution, physical);
  const grid = imageGrid(shades, shape.channels, shape.resolution, columnsOf(images, shape));
  await writeAtomic(path, encodeGrayPng(grid, 8, generatedWords(source, describeScale(physical))));
  return path;
}

export async function writeReals(
  folder: RunFolder,
  images: TrainingImages,
  count: number,
): Promise<Float32Array> {
  const shown = Math.min(count, images.count);
  // Evenly over the split, so that the picture shows what there is to learn.
  const positions = Array.from({ length: shown }, (_, i) => Math.floor((i * images.count) / shown));
  const pixels = await images.read(positions);
  const kind = images.simulated ? 'SIMULATED frames' : 'observed frames';
  const words = {
    Software: SOFTWARE,
    Title: images.simulated ? 'SIMULATED' : 'OBSERVED',
    Description: `Training images: ${kind} of ${images.name}. ${describeScale(images.physical)}`,
  };
  const shades = toShades(pixels, images.resolution, images.physical);
  const grid = imageGrid(shades, images.channels, images.resolution, columnsOf(pixels, images));
  await writeAtomic(folder.reals, encodeGrayPng(grid, 8, words));
  return pixels;
}

interface GridShape {
  channels: number;
  resolution: number;
}

/** About twice as wide as high. */
function columnsOf(images: Float32Array, { channels, resolution }: GridShape): number {
  const count = images.length / (channels * resolution ** 2);
  return Math.max(1, Math.ceil(Math.sqrt((2 * count) / channels)));
}
