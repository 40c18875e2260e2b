/** Linear values as float32 FITS, a file for each channel, with the header that a registered frame has. */
import { join } from 'node:path';
import { throwIfStopped } from '../../core/effects.ts';
import { writeAtomic } from '../../core/files.ts';
import { card, writeImage } from '../../fits/index.ts';
import { channelOf } from '../channels.ts';
import { type Dataset, type DatasetFrame, isDated } from '../dataset.ts';
import { registeredScale } from '../register.ts';
import { frameNamer } from './names.ts';
import type { ExportFormat } from './types.ts';

export const fits: ExportFormat = {
  name: 'fits',
  summary: 'linear values as FITS, a file for each frame and channel',
  bits: [16],
  extension: undefined,
  async write({ path, dataset, size, signal }, frames) {
    const paths: string[] = [];
    const nameOf = frameNamer(dataset);
    const length = size * size;
    for (const frame of frames) {
      throwIfStopped(signal);
      const pixels = await dataset.readFloat(size, [frame.index]);
      for (const [i, channel] of dataset.channels.entries()) {
        const data = dataset.transforms[i]!.inverse(pixels.slice(i * length, (i + 1) * length));
        const file = join(path, frame.split, `${nameOf(frame)}.${channel}.fits`);
        const cards = headerOf(dataset, frame, channel, size);
        await writeAtomic(file, writeImage({ width: size, height: size, data, cards }));
        paths.push(file);
      }
    }
    return paths;
  },
};

function headerOf(dataset: Dataset, frame: DatasetFrame, name: string, size: number) {
  const channel = channelOf(name);
  const middle = (size + 1) / 2;
  const scale = registeredScale(size);
  const { fixedRadiusArcsec, imported } = dataset.manifest.recipe;
  return [
    card('TELESCOP', `SDO/${channel.instrument}`),
    card('WAVELNTH', channel.instrument === 'AIA' ? channel.wavelength : 6173, 'angstrom'),
    ...(isDated(frame) ? [card('T_OBS', frame.time)] : []),
    card('BUNIT', channel.unit),
    card('EXPTIME', channel.nominalExposureSeconds ?? frame.exposureSeconds, 'normalised to'),
    card('CTYPE1', 'HPLN-TAN'),
    card('CTYPE2', 'HPLT-TAN'),
    card('CUNIT1', 'arcsec'),
    card('CUNIT2', 'arcsec'),
    card('CRVAL1', 0),
    card('CRVAL2', 0),
    card('CRPIX1', middle),
    card('CRPIX2', middle),
    card('CDELT1', scale),
    card('CDELT2', scale),
    card('CROTA2', 0),
    ...(fixedRadiusArcsec === null
      ? []
      : [card('RSUN_OBS', fixedRadiusArcsec, 'every disk is scaled to it')]),
    ...(dataset.simulated ? [card('SIMULATD', true, 'made by a program, not observed')] : []),
    card('HISTORY', undefined, `sungan: dataset ${dataset.name}, frame ${frame.index}`),
    ...(imported ? [card('HISTORY', undefined, 'imported picture: centre and scale are assumed')] : []),
    card('HISTORY', undefined, `from 16-bit ${dataset.transform.name}: good to one step of it`),
  ];
}
