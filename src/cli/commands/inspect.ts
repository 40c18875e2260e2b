/** `sungan inspect`: what a FITS file holds, whether it can be read, and how it looks. */
import { extname } from 'node:path';
import { z } from 'zod';
import { throwIfStopped } from '../../core/effects.ts';
import { SunganError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/files.ts';
import { frameWords, withPngText } from '../../core/png-text.ts';
import type { FitsHeader } from '../../fits/index.ts';
import { defineCommand } from '../command.ts';
import { findFiles } from '../inspect/find-files.ts';
import { type Fault, type ImageReport, type InspectedImage, inspectFile } from '../inspect/inspect-file.ts';
import { PictureNames } from '../inspect/picture-names.ts';
import { quickLook } from '../inspect/quick-look.ts';

const schema = z.strictObject({
  files: z
    .array(z.string())
    .min(1, 'name at least one file')
    .describe('FITS files, gzipped or not, or folders of them'),
  header: z.boolean().default(false).describe('show every card of the headers'),
  png: z
    .string()
    .optional()
    .describe(
      'quick-look picture: a name that ends in .png for one file, else a folder for one picture an image',
    ),
  partial: z
    .boolean()
    .default(false)
    .describe(
      'read what can be read of a broken file; missing pixels, and the BLANK of floats that JSOC writes for lost blocks, count as nan',
    ),
});

type Options = z.output<typeof schema>;

export default defineCommand({
  examples: [
    'sungan inspect AIA20170103_2300_0193.fits',
    'sungan inspect --json data/raw/synoptic/*/2017/01/03/*.fits',
    'sungan inspect data/raw',
    'sungan inspect --header frame.fits',
    'sungan inspect --png look.png frame.fits',
  ],
  positionals: ['files'],
  schema,
  async run(options, { effects, dryRun }) {
    const files = await findFiles(options.files);
    if (files.length === 0) {
      throw new SunganError('data', 'no FITS files there', { where: options.files.join(', ') });
    }
    checkPictureName(options, files);
    if (dryRun) return { text: files.join('\n'), data: files };
    const reports: ImageReport[] = [];
    const headers: FitsHeader[] = [];
    const faults: Fault[] = [];
    const pictures = new PictureNames();
    for (const path of files) {
      throwIfStopped(effects.signal);
      const found = await inspectFile(path, options, async (image) => {
        reports.push(image.report);
        headers.push(image.hdu.header);
        if (options.png !== undefined) await writePicture(pictures.pathOf(options.png, image), image);
      });
      for (const fault of found) effects.log.error(`${placeOf(fault)}: ${fault.error}`);
      faults.push(...found);
    }
    return {
      text: options.header ? headerText(reports, headers) : tableText(reports, headers),
      data: [...reports, ...faults],
      exitCode: faults.length > 0 ? 1 : 0,
    };
  },
});

function checkPictureName({ png }: Options, files: readonly string[]): void {
  if (png === undefined || extname(png) !== '.png' || files.length === 1) return;
  throw new SunganError('usage', 'one picture cannot show several files', {
    where: '--png',
    remedy: 'name a folder',
  });
}

async function writePicture(path: string, { image, hdu }: InspectedImage): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { width, height, pixels } = quickLook(image.width, image.height, image.data, hdu.header);
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  const simulated = hdu.header.get('SIMULATD') === true;
  await writeAtomic(path, withPngText(png, frameWords(simulated, 'Quick look, tone mapped for the eye.')));
}

function headerText(reports: readonly ImageReport[], headers: readonly FitsHeader[]): string {
  return reports
    .map(({ file, hdu }, i) => {
      const cards = headers[i]!.cards.map(({ text }) =>
        text
          .match(/.{1,80}/gs)!
          .map((line) => line.trimEnd())
          .join('\n'),
      );
      return [`${file} HDU ${hdu}`, ...cards].join('\n');
    })
    .join('\n\n');
}

function tableText(reports: readonly ImageReport[], headers: readonly FitsHeader[]): string {
  if (reports.length === 0) return '';
  const head = [
    'file',
    'hdu',
    'shape',
    'bitpix',
    'compression',
    'scale',
    'nan',
    'min',
    'max',
    'mean',
    'sums',
    'what',
  ];
  const rows = reports.map((report, i) => [
    report.file,
    `${report.hdu}`,
    report.shape.join('x'),
    `${report.bitpix}`,
    report.compression,
    report.bscale === 1 && report.bzero === 0 ? '-' : `${report.bscale} ${report.bzero}`,
    report.missing > 0 ? `${report.nan} (${report.missing} unreadable)` : `${report.nan}`,
    short(report.min),
    short(report.max),
    short(report.mean),
    sums(report),
    subject(headers[i]!),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Of DATASUM and CHECKSUM: wrong when one of them is. */
function sums({ datasum, checksum }: ImageReport): string {
  if (datasum === 'wrong' || checksum === 'wrong') return 'wrong';
  return datasum === 'right' || checksum === 'right' ? 'right' : '-';
}

/** The file, and as far as they are known the HDU and the byte. */
function placeOf({ file, hdu, byteOffset }: Fault): string {
  const inside = [
    ...(hdu === null ? [] : [`HDU ${hdu}`]),
    ...(byteOffset === null ? [] : [`byte ${byteOffset}`]),
  ];
  return inside.length === 0 ? file : `${file} (${inside.join(', ')})`;
}

/** Instrument, wavelength and time, as far as the header has them. */
function subject(header: FitsHeader): string {
  const wavelength = header.number('WAVELNTH');
  return [
    header.text('TELESCOP'),
    wavelength === undefined ? undefined : `${wavelength}`,
    header.text('T_OBS'),
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

function short(value: number | null): string {
  return value === null ? '-' : `${Number(value.toPrecision(7))}`;
}
