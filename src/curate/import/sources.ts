/** Where pictures come from: a folder with its subfolders, or a ZIP file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { openZip } from './zip-reader.ts';

export interface PictureFile {
  /** Inside the source, with forward slashes. */
  name: string;
  read(): Promise<Uint8Array>;
}

export interface PictureSource {
  /** By name. */
  files: PictureFile[];
  close(): Promise<void>;
}

const PICTURE = /\.(png|jpe?g|tiff?|webp)$/i;

export async function openSource(path: string): Promise<PictureSource> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new SunganError('usage', 'there is no such file or folder', { where: path });
  const source = found.isDirectory() ? await openFolder(path) : await openArchive(path);
  const files = source.files
    .filter(
      ({ name }) =>
        PICTURE.test(name) && !name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length > 0) return { ...source, files };
  await source.close();
  throw new SunganError('data', 'no pictures here', {
    where: path,
    remedy: 'PNG, JPEG, TIFF and WebP are read',
  });
}

async function openFolder(path: string): Promise<PictureSource> {
  const names = (await readdir(path, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  return { files: names.map((name) => ({ name, read: () => readFile(join(path, name)) })), async close() {} };
}

async function openArchive(path: string): Promise<PictureSource> {
  const { members, close } = await openZip(path);
  return { files: members, close };
}
