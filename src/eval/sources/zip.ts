/** Pictures in a ZIP file, as StyleGAN's data sets are kept, in the order of their names. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import { sourceOfPictures } from './folder.ts';
import { PICTURE_NAME, setOfPictures } from './pictures.ts';
import type { SourceKind } from './source.ts';
import { openZip } from './zip-file.ts';

export const zipSource: SourceKind = {
  what: 'a zip of pictures',
  async open(name) {
    const path = resolve(name);
    if (!/\.zip$/i.test(name) || !(await stat(path).catch(() => undefined))?.isFile()) return undefined;
    const zip = await openZip(path);
    const pictures = zip.members
      .filter((member) => PICTURE_NAME.test(member.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (pictures.length === 0) {
      await zip.close();
      throw new SunganError('data', 'no pictures in this zip', {
        where: path,
        remedy: 'PNG, JPEG, TIFF and WebP are read',
      });
    }
    const files = pictures.map((member) => ({ name: `${path}: ${member.name}`, read: member.read }));
    // Check sums of the contents: a moved or copied zip is the same.
    const lines = pictures.map((member) => `${member.name}|${member.bytes}|${member.checksum}`);
    const identity = `zip/${sha256OfBytes(lines.join('\n'))}`;
    return {
      ...sourceOfPictures(name, await setOfPictures(name, files, identity)),
      close: () => zip.close(),
    };
  },
};
