/** The ZIP that StyleGAN2-ADA and StyleGAN3 read (dataset_tool.py): stored members, uncompressed 8-bit PNG. */
import { throwIfStopped } from '../../core/effects.ts';
import type { Dataset } from '../dataset.ts';
import { withSink } from './file-sink.ts';
import { encodePng, readPicture } from './pictures.ts';
import type { ExportFormat } from './types.ts';
import { ZipWriter } from './zip-writer.ts';

/** Pictures of one folder inside the archive, as the tool makes it. */
const PER_FOLDER = 1000;

export const stylegan: ExportFormat = {
  name: 'stylegan',
  summary: 'one ZIP for StyleGAN2-ADA and StyleGAN3, with dataset.json',
  bits: [8],
  extension: '.zip',
  async write({ path, dataset, size, signal }, frames) {
    await withSink(path, async (sink) => {
      const zip = new ZipWriter(sink);
      const names: string[] = [];
      for (const [i, frame] of frames.entries()) {
        throwIfStopped(signal);
        const name = memberName(i);
        await zip.add(name, await encodePng(await readPicture(dataset, size, frame.index, 8), true));
        names.push(name);
      }
      const description = { labels: null, images: names, sungan: descriptionOf(frames.length, dataset) };
      await zip.add('dataset.json', new TextEncoder().encode(JSON.stringify(description)));
      await zip.end();
    });
    return [path];
  },
};

const descriptionOf = (count: number, { hash, simulated }: Dataset) => ({ count, dataset: hash, simulated });

function memberName(i: number): string {
  const id = String(i).padStart(8, '0');
  return `${String(Math.floor(i / PER_FOLDER)).padStart(5, '0')}/img${id}.png`;
}
