/** A run of a few steps on drawn suns, and folders of pictures: what evaluation needs to be walked through. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { createTransform } from '../../src/curate/transforms/index.ts';
import type { ImageSet } from '../../src/eval/image-set.ts';
import { imagesInMemory, train, trainOptions } from '../../src/train/index.ts';
import { drawnSuns } from '../support/drawn-suns.ts';

export const TINY_SIZE = 16;

/** The folder of a run of 64 images; of two or more channels, which are different suns. */
export async function trainTinyRun(workspace: Workspace, channels: 1 | 2 = 1): Promise<string> {
  const suns = drawnSuns('train', 32, TINY_SIZE);
  const images = imagesInMemory({
    name: 'drawn',
    resolution: TINY_SIZE,
    channels,
    hash: 'of-drawn-suns',
    transforms: (['193', '171'] as const)
      .slice(0, channels)
      .map((channel) => createTransform('log1p', channel).record),
    simulated: true,
    values: await suns.read(Array.from({ length: 32 }, (_, i) => i)),
  });
  const options = trainOptions.parse({
    preset: 'demo',
    resolution: TINY_SIZE,
    channelMax: 8,
    batch: 8,
    kimg: 0.064,
    tickKimg: 0.016,
    samples: 8,
    name: 'tiny',
  });
  const { directory } = await train(options, { workspace, effects: quietEffects(), images });
  return directory;
}

/** Writes every picture of the set as an 8-bit gray PNG, north up. */
export async function writePictures(folder: string, set: ImageSet): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < set.count; index++) {
    const values = await set.read([index]);
    const bytes = new Uint8Array(set.width * set.height);
    for (let y = 0; y < set.height; y++) {
      for (let x = 0; x < set.width; x++) {
        bytes[(set.height - 1 - y) * set.width + x] = Math.round(255 * values[y * set.width + x]);
      }
    }
    const png = sharp(bytes, { raw: { width: set.width, height: set.height, channels: 1 } })
      .toColourspace('b-w')
      .png();
    await writeFile(join(folder, `${String(index).padStart(4, '0')}.png`), await png.toBuffer());
  }
}
