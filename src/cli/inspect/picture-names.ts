/** Names of the pictures of one run: no picture overwrites another. */
import { basename, extname, join } from 'node:path';
import { stemOf } from './find-files.ts';
import type { InspectedImage } from './inspect-file.ts';

export class PictureNames {
  readonly #taken = new Set<string>();
  readonly #files = new Set<string>();

  /** The picture of a file's further images carries the HDU's number, that of a further file of the same name a count. */
  pathOf(png: string, { report: { file }, hdu }: Pick<InspectedImage, 'report' | 'hdu'>): string {
    const suffix = this.#files.has(file) ? `-hdu${hdu.index}` : '';
    this.#files.add(file);
    const isName = extname(png) === '.png';
    const stem = isName ? png.slice(0, -'.png'.length) : join(png, stemOf(basename(file)));
    let path = `${stem}${suffix}.png`;
    // Some file systems take capitals for small letters.
    for (let count = 2; this.#taken.has(path.toLowerCase()); count++) path = `${stem}-${count}${suffix}.png`;
    this.#taken.add(path.toLowerCase());
    return path;
  }
}
