/** The files that the arguments of `sungan inspect` mean. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FITS_NAME = /\.(?:fits|fit|fts)(?:\.gz|\.fz)?$/i;

/** A name for itself, a folder for the FITS files in it and below, in order. What is not there is left to the reader. */
export async function findFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    if (isFolder) found.push(...(await filesBelow(path)));
    else found.push(path);
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => FITS_NAME.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** The name without what says that it is FITS. */
export function stemOf(name: string): string {
  return name.replace(FITS_NAME, '');
}
