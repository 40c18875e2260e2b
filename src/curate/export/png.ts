/** A folder of PNG files, one folder a split. */
import { join } from 'node:path';
import { throwIfStopped } from '../../core/effects.ts';
import { writeAtomic } from '../../core/files.ts';
import { frameNamer } from './names.ts';
import { encodePng, readPicture } from './pictures.ts';
import type { ExportFormat } from './types.ts';

export const png: ExportFormat = {
  name: 'png',
  summary: 'a folder of PNG files, one folder a split',
  bits: [8, 16],
  extension: undefined,
  async write({ path, dataset, size, bits, signal }, frames) {
    const paths: string[] = [];
    const nameOf = frameNamer(dataset);
    for (const frame of frames) {
      throwIfStopped(signal);
      const file = join(path, frame.split, `${nameOf(frame)}.png`);
      await writeAtomic(file, await encodePng(await readPicture(dataset, size, frame.index, bits)));
      paths.push(file);
    }
    return paths;
  },
};
