/** What `sungan inspect` says of one file: a report for each image, and the reason where one cannot be read. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeError } from '../../core/errors.ts';
import {
  FitsError,
  firstImage,
  type Hdu,
  type HeaderJson,
  type ImageHdu,
  type PhysicalImage,
  readFits,
  readImage,
  type SumVerdict,
  verifySums,
  wrongSum,
} from '../../fits/index.ts';

/** One image HDU. `null` stands for "not in the header", and for statistics of an image without values. */
export interface ImageReport {
  file: string;
  hdu: number;
  /** NAXIS1 first. */
  shape: readonly number[];
  bitpix: number;
  compression: string;
  bscale: number;
  bzero: number;
  /** As the header has it; in a float image it means nothing. */
  blank: number | null;
  /** Pixels without a value; those that could not be read (with `partial`) are among them. */
  nan: number;
  missing: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  /** Of the physical values as little-endian float64 in file order, scaled as astropy does; NaN has one bit pattern. */
  sha256: string;
  /** Whether the stored bytes add up to the header's DATASUM, and header and data to CHECKSUM. */
  datasum: SumVerdict;
  checksum: SumVerdict;
  header?: HeaderJson;
}

/** Why a file, or an HDU of it, could not be read. */
export interface Fault {
  file: string;
  error: string;
  hdu: number | null;
  byteOffset: number | null;
  expected: string | null;
  found: string | null;
}

export interface InspectedImage {
  report: ImageReport;
  hdu: ImageHdu;
  image: PhysicalImage<Float64Array>;
}

/** Hands each image to `use` as soon as it is read, so that one is held at a time; returns what went wrong. */
export async function inspectFile(
  path: string,
  options: { partial: boolean; header: boolean },
  use: (image: InspectedImage) => Promise<void>,
): Promise<Fault[]> {
  const { hdus, errors } = await openFile(path);
  for (const hdu of hdus) {
    if (hdu.kind !== 'image') continue;
    try {
      const { partial } = options;
      const image = readImage(hdu, { astropyScaling: true, partial, floatBlank: partial });
      const report = reportOf(path, hdu, image);
      if (options.header) report.header = hdu.header.toJSON();
      await use({ report, hdu, image });
      // Of a file that was cut off the missing pixels are told already.
      const wrong = report.missing > 0 ? undefined : wrongSum(hdu, report);
      if (wrong !== undefined) errors.push(wrong);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors.map((error) => describeFault(path, error));
}

/** The HDUs up to the first broken header; that, a file without an image, and what is no HDU at the end, is an error. */
async function openFile(path: string): Promise<{ hdus: Hdu[]; errors: unknown[] }> {
  const hdus: Hdu[] = [];
  try {
    const fits = readFits(await readFile(path), { file: path });
    for (let hdu = fits.hdu(0); hdu !== undefined; hdu = fits.hdu(hdus.length)) hdus.push(hdu);
    firstImage(fits);
    fits.checkEnd();
    return { hdus, errors: [] };
  } catch (error) {
    return { hdus, errors: [error] };
  }
}

function reportOf(
  file: string,
  hdu: ImageHdu,
  { data, missingPixels }: PhysicalImage<Float64Array>,
): ImageReport {
  const { bitpix, compression, bscale, bzero, header, shape, index } = hdu;
  let nan = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Number.isNaN(value)) {
      nan++;
      data[i] = Number.NaN;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const count = data.length - nan;
  return {
    file,
    hdu: index,
    shape,
    bitpix,
    compression,
    bscale,
    bzero,
    blank: header.number('BLANK') ?? null,
    nan,
    missing: missingPixels,
    min: count === 0 ? null : min,
    max: count === 0 ? null : max,
    mean: count === 0 ? null : sum / count,
    sha256: createHash('sha256').update(littleEndianBytes(data)).digest('hex'),
    ...verifySums(hdu),
  };
}

function littleEndianBytes(data: Float64Array): Uint8Array {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return isLittleEndian ? bytes : Buffer.from(bytes).swap64();
}

/** One line, whatever was thrown; the place is in fields of its own. */
function describeFault(file: string, error: unknown): Fault {
  const fits = error instanceof FitsError ? error : undefined;
  const message = fits?.message ?? describeError(error);
  return {
    file,
    error: message.replace(/\s*\n\s*/g, ' '),
    hdu: fits?.hdu ?? null,
    byteOffset: fits?.byteOffset ?? null,
    expected: fits?.expected ?? null,
    found: fits?.found ?? null,
  };
}
