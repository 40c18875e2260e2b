/** WebDataset tars: `<key>.png` and `<key>.json` side by side, a new shard every so many samples. */
import { join } from 'node:path';
import { throwIfStopped } from '../../core/effects.ts';
import { withSink } from './file-sink.ts';
import { frameNamer } from './names.ts';
import { encodePng, readPicture } from './pictures.ts';
import { tarEnd, tarMember } from './tar.ts';
import type { ExportFormat } from './types.ts';

/** About the hundreds of megabytes that its readers like, at 1024 pixels. */
const SAMPLES_PER_SHARD = 1024;

export const webdataset: ExportFormat = {
  name: 'webdataset',
  summary: 'tars for WebDataset, PNG and JSON of each frame side by side',
  bits: [8, 16],
  extension: undefined,
  async write({ path, dataset, size, bits, signal }, frames) {
    const paths: string[] = [];
    const nameOf = frameNamer(dataset);
    for (let first = 0; first < frames.length; first += SAMPLES_PER_SHARD) {
      const shard = String(first / SAMPLES_PER_SHARD).padStart(6, '0');
      const file = join(path, `${dataset.name}-${shard}.tar`);
      await withSink(file, async (sink) => {
        for (const frame of frames.slice(first, first + SAMPLES_PER_SHARD)) {
          throwIfStopped(signal);
          const key = nameOf(frame);
          const { index, ...about } = frame;
          const json = JSON.stringify({ ...about, dataset: dataset.name, simulated: dataset.simulated });
          const png = await encodePng(await readPicture(dataset, size, index, bits));
          await sink.write(tarMember(`${key}.png`, png));
          await sink.write(tarMember(`${key}.json`, new TextEncoder().encode(json)));
        }
        await sink.write(tarEnd());
      });
      paths.push(file);
    }
    return paths;
  },
};
