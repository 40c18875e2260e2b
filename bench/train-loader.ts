/**
 * The data loader alone beside the trainer it feeds: batches of a dataset of 64-pixel pictures, from disk and, as in every
 * epoch after the first, from memory; and the images a second that training reaches at that size.
 *
 *   node scripts/bench.mjs train-loader [pictures]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietEffects } from '../src/core/effects.ts';
import { openWorkspace } from '../src/core/workspace.ts';
import { importOptions, importPictures } from '../src/curate/index.ts';
import { createRandom } from '../src/numeric/random.ts';
import { openTrainingImages } from '../src/train/data/dataset.ts';
import { createDataOrder } from '../src/train/data/order.ts';
import { encodeGrayPng } from '../src/train/data/png.ts';
import { createBatchQueue } from '../src/train/data/queue.ts';
import { train, trainOptions } from '../src/train/index.ts';

const SIDE = 64;
const BATCH = 8;
const count = Number(process.argv[2] ?? 1024);
const root = mkdtempSync(join(tmpdir(), 'sungan-bench-loader-'));

/** Disks with noise, as hard to compress as frames are. */
function writePictures(folder: string): void {
  mkdirSync(folder);
  const random = createRandom(1);
  for (let i = 0; i < count; i++) {
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, pixel) => {
      const [x, y] = [(pixel % SIDE) - 31.5, Math.floor(pixel / SIDE) - 31.5];
      return (Math.hypot(x, y) < 25 ? 0.6 : 0.2) + 0.05 * random.normal();
    });
    const day = new Date(Date.UTC(2012, 0, 1, 6 * i)).toISOString().replace(/[-:]/g, '').slice(0, 15);
    const picture = { width: SIDE, height: SIDE, values };
    writeFileSync(join(folder, `${day.replace('T', '_')}_64_0193.png`), encodeGrayPng(picture, 16, {}));
  }
}

/** Images a second over one epoch, by the trainer's own queue. */
async function epoch(
  images: Awaited<ReturnType<typeof openTrainingImages>>,
  number: number,
): Promise<number> {
  const queue = createBatchQueue(images, createDataOrder(1, images.count));
  const batches = Math.floor(images.count / BATCH);
  const startedAt = performance.now();
  for (let batch = 0; batch < batches; batch++)
    await queue.take(number * images.count + batch * BATCH, { batch: BATCH, side: SIDE });
  return (1000 * batches * BATCH) / (performance.now() - startedAt);
}

try {
  const pictures = join(root, 'pictures');
  writePictures(pictures);
  const workspace = openWorkspace(join(root, 'workspace'));
  const effects = quietEffects();
  const options = importOptions.parse({ path: pictures, name: 'loader' });
  await importPictures(options, { workspace, effects, jobs: 2 });
  const images = await openTrainingImages(workspace, 'loader', SIDE);
  const first = await epoch(images, 0);
  const later = Math.max(await epoch(images, 1), await epoch(images, 2));
  await images.close();
  const { lastTick } = await train(
    trainOptions.parse({
      data: 'loader',
      preset: join(process.cwd(), 'config', 'demo.yaml'),
      resolution: SIDE,
      channelBase: 4096,
      channelMax: 128,
      batch: BATCH,
      kimg: 0.128,
      tickKimg: 0.128,
      samples: BATCH,
    }),
    { workspace, effects },
  );
  const trainer = lastTick!['imagesPerSecond']!;
  const row = (label: string, speed: number) =>
    `| ${label} | ${speed.toFixed(0)} | ${(speed / trainer).toFixed(0)}x |`;
  console.log(`| ${images.count} images of ${SIDE} pixels, batches of ${BATCH} | img/s | of the trainer |`);
  console.log('| --- | --- | --- |');
  console.log(row('loader, from disk', first));
  console.log(row('loader, from memory', later));
  console.log(row('trainer, 64..128 channels', trainer));
} finally {
  rmSync(root, { recursive: true, force: true });
}
