/** A folder of pictures of one size, found at any depth, in the order of their names. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import { PICTURE_NAME, type PictureSet, setOfPictures } from './pictures.ts';
import type { Source, SourceKind } from './source.ts';

export const folderSource: SourceKind = {
  what: 'a folder of pictures',
  async open(name) {
    const folder = resolve(name);
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) return undefined;
    const entries = await readdir(folder, { recursive: true });
    const names = entries.filter((entry) => PICTURE_NAME.test(entry)).sort();
    if (names.length === 0) {
      throw new SunganError('data', 'no pictures in this folder', {
        where: folder,
        remedy: 'PNG, JPEG, TIFF and WebP are read',
      });
    }
    const files = names.map((entry) => {
      const path = join(folder, entry);
      return { name: path, read: () => readFile(path) };
    });
    return sourceOfPictures(name, await setOfPictures(name, files, await identityOf(folder, names)));
  },
};

/** Of the files as they are now, without reading them: their place, names, sizes and times of change. */
async function identityOf(folder: string, names: readonly string[]): Promise<string> {
  const facts = await Promise.all(names.map((name) => stat(join(folder, name))));
  const lines = facts.map(({ size, mtimeMs }, i) => `${names[i]}|${size}|${mtimeMs}`);
  return `folder/${sha256OfBytes([folder, ...lines].join('\n'))}`;
}

/** Pictures say nothing about their making, so they are taken for what the user calls them. */
export function sourceOfPictures(path: string, set: PictureSet): Source {
  return {
    label: path,
    path,
    generated: false,
    simulated: false,
    hash: null,
    kimg: null,
    resolutions: [set.width],
    channels: set.channels,
    transforms: undefined,
    white: set.white,
    warnings: [],
    images: () => set,
    async close() {},
  };
}
