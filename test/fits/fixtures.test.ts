import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ImageHdu, readFits, readImage } from '../../src/fits/index.ts';

/** What astropy and cfitsio read from the file; scripts/fixtures/make-fits-fixtures.py wrote both. */
interface Expected {
  hdu: number;
  shape: number[];
  nan: number;
  sha256: string;
}

const folder = new URL('./fixtures/', import.meta.url);
const expected: Record<string, Expected> = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));

/** NaN with the one bit pattern that the table was made with. */
function digest(values: Float64Array): string {
  const canonical = values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  return createHash('sha256').update(Buffer.from(canonical.buffer)).digest('hex');
}

test.each(Object.entries(expected))(
  '%s reads as astropy and cfitsio read it',
  (name, { hdu, shape, nan, sha256 }) => {
    const fits = readFits(readFileSync(new URL(`${name}.fits.gz`, folder)), { file: name });
    const image = fits.hdu(hdu) as ImageHdu;
    expect(image.shape).toEqual(shape);
    const { data } = readImage(image);
    expect(data.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0)).toBe(nan);
    expect(digest(data)).toBe(sha256);
  },
);
