import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstImage, type ImageHdu, readFits, readImage } from '../../src/fits/index.ts';
import { describeWithRealData } from '../support/real-data.ts';

/** One image HDU of expected.tsv: what astropy reads from the file, checked against cfitsio. */
type Row = Record<string, string>;

function readRows(folder: string): Row[] {
  if (folder === '' || !existsSync(folder)) return [];
  const [head, ...lines] = readFileSync(join(folder, 'expected.tsv'), 'utf8').trimEnd().split('\n');
  const names = head!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

const KEYWORDS =
  'telescop instrume wavelnth t_obs date-obs exptime quality lvl_num cdelt1 crpix1 crpix2 crota2 r_sun rsun_obs'.split(
    ' ',
  );

describeWithRealData('every image of the real files', (folder) => {
  test.each(readRows(folder).map((row) => [`${row['file']} HDU ${row['hdu']}`, row] as const))(
    '%s',
    (_, row) => {
      const fits = readFits(readFileSync(join(folder, row['file']!)), { file: row['file'] });
      const hdu = fits.hdu(Number(row['hdu'])) as ImageHdu;
      expect(hdu.kind).toBe('image');
      expect(hdu.shape.join('x')).toBe(row['shape(x,y)']);
      expect(String(hdu.bitpix)).toBe(row['bitpix']);
      expect(hdu.compression).toBe(row['compression']);
      expectHeader(hdu, row);
      expectPixels(readImage(hdu, { astropyScaling: true }).data, row);
    },
  );
});

/** Numbers to the 7 digits that the table prints; text exactly. */
function expectHeader(hdu: ImageHdu, row: Row): void {
  for (const name of KEYWORDS) {
    const value = hdu.header.get(name) ?? '';
    if (typeof value === 'number')
      expect(value, name).toBeCloseTo(Number(row[name]), 6 - Math.ceil(Math.log10(Math.abs(value) + 1)));
    else expect(value, name).toBe(row[name]);
  }
}

function expectPixels(values: Float64Array, row: Row): void {
  let missing = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  expect(String(missing)).toBe(row['n_nan']);
  const digest = createHash('sha256')
    .update(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
  const wanted = row['sha256_of_pixels_as_le_float64'];
  if (wanted !== '') expect(digest).toBe(wanted);
  if (row['mean'] === '') return;
  expectClose(min, Number(row['min']));
  expectClose(max, Number(row['max']));
  expectClose(sum / (values.length - missing), Number(row['mean']));
}

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1e-300, Math.abs(expected)));
}

describeWithRealData('files that are no frames', (folder) => {
  const open = (name: string) => {
    const path = join(folder, 'aia-bad', name);
    return existsSync(path) ? readFits(readFileSync(path), { file: name }) : undefined;
  };

  test.each(['20170222', '20170722', '20171231'])('a page of the archive named .fits (%s)', (day) => {
    expect(() => open(`html-as-fits/aia${day}_2300_0193.fits`)).toThrow(
      /expected "SIMPLE {2}=", found an HTML page/,
    );
  });

  test.each([
    ['aia20200205_230300_0171.fits', 4194304],
    ['aia20200207_162100_0193.fits', 4194304],
  ])('a truncated download: %s', (name, bytes) => {
    const hdu = firstImage(open(name)!);
    expect(hdu.header.get('TELESCOP')).toBe('SDO/AIA');
    expect(() => readImage(hdu)).toThrow(
      new RegExp(`cut off: expected ${bytes} bytes of pixels, found ${hdu.availableBytes}`),
    );
    const { data, missingPixels } = readImage(hdu, { partial: true });
    const present = Math.floor(hdu.availableBytes / 4);
    expect(missingPixels).toBe(1024 * 1024 - present);
    expect(data.subarray(0, present).some(Number.isNaN)).toBe(false);
    expect(data.subarray(present).every(Number.isNaN)).toBe(true);
  });

  test('a third of the frame missing: BLANK of a float image, on request', () => {
    const hdu = firstImage(open('aia_lev1_1600_20120606t040729_partial_2048.fits')!);
    const { data } = readImage(hdu, { floatBlank: true });
    const missing = data.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    // MISSVALS counts pixels of the 4096 frame, of which four make one here.
    expect(missing).toBe(hdu.header.number('MISSVALS')! / 4);
    expect(data.filter((value) => value < -20)).toHaveLength(0);
  });
});
