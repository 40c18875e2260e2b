/** What we write, the astronomers' own programs read back equal. Left out where they are not installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  card,
  firstImage,
  readFits,
  readRaw,
  type WriteImageOptions,
  writeImage,
} from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-fits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import astropy.io.fits, fitsio']).status === 0,
);
const hasFunpack = spawnSync('funpack', ['-V']).status === 0;
if (python === undefined)
  console.warn('skipped: no Python with astropy and fitsio (apt-get install python3-astropy python3-fitsio)');
if (!hasFunpack) console.warn('skipped: no funpack (apt-get install libcfitsio-bin)');

const random = createRandom(11);
const width = 83;
const height = 41;
const noise = (amplitude: number) =>
  Float64Array.from(
    { length: width * height },
    (_, i) => 200 + 100 * Math.sin(i / 30) + amplitude * random.normal(),
  );
const cards = [
  card('TELESCOP', 'SDO/AIA', 'mission'),
  card('EXPTIME', 1.999657, '[s]'),
  card('QUALITY', -2147483648),
  card('BIG', 123456789012345),
  card('SMALL', -1.5e-300),
  card('LOGICAL', false),
  card('UNDEF', null, 'no value'),
  card('QUOTED', "it's / not a comment", 'a comment'),
  card('LONGTEXT', `${'long text of words & signs '.repeat(9)}end`, 'with a comment'),
  // Read by cfitsio only: astropy before 5.3 mangles doubled quotes in CONTINUE cards (its issue 14581).
  card('LONGQUOT', `${"long 'text' of words & signs ".repeat(9)}end`),
  card('HISTORY', undefined, `${'made by a test '.repeat(8)}`),
];
const cases: [string, WriteImageOptions][] = [
  ['u8', { width, height, data: Uint8Array.from(noise(9)) }],
  ['i16', { width, height, data: Int16Array.from(noise(20)), blank: -32768 }],
  ['i32', { width, height, data: Int32Array.from(noise(90000)) }],
  ['i32-scaled', { width, height, data: Int32Array.from(noise(900)), bscale: 0.0625, bzero: 3 }],
  ['f32', { width, height, data: Float32Array.from(noise(1)) }],
  ['f64', { width, height, data: noise(1), extname: 'SUN' }],
];
const compressible = cases.filter(([name]) => !name.startsWith('f'));
const all = [
  ...cases.map(([name, options]) => [`${name} plain`, { ...options, cards }] as const),
  ...compressible.map(
    ([name, options]) => [`${name} RICE_1`, { ...options, cards, compression: 'RICE_1' as const }] as const,
  ),
];

const SCRIPT = `
import hashlib, json, sys, warnings
warnings.simplefilter("error")
from astropy.io import fits
import fitsio
import numpy as np
digest = lambda a: hashlib.sha256(np.ascontiguousarray(a.astype("<f8")).tobytes()).hexdigest()
result = []
for path in sys.argv[1:]:
    with fits.open(path, checksum=True, do_not_scale_image_data=True) as file:
        file.verify("exception")
        hdu = file[0] if file[0].data is not None else file[1]
        header = {key: hdu.header[key] for key in ("TELESCOP", "EXPTIME", "QUALITY", "BIG", "SMALL", "LOGICAL", "QUOTED", "LONGTEXT")}
        undefined = "UNDEF" in hdu.header and hdu.header["UNDEF"] is None
        raw = digest(hdu.data)
    with fitsio.FITS(path) as file:
        at = 0 if file[0].has_data() else 1
        values = file[at].read()
        sums = digest(values)
        title = file[at].read_header()["LONGQUOT"]
    result.append({"header": header, "undefined": undefined, "astropy": raw, "cfitsio": sums, "title": title})
print(json.dumps(result))
`;

describe.skipIf(python === undefined)('astropy and cfitsio', () => {
  test('read every file back equal, sums and cards with it', async () => {
    const { createHash } = await import('node:crypto');
    const paths = all.map(([name, options]) => {
      const path = join(folder, `${name.replace(' ', '-')}.fits`);
      writeFileSync(path, writeImage(options));
      return path;
    });
    const results = JSON.parse(execFileSync(python!, ['-c', SCRIPT, ...paths], { encoding: 'utf8' }));
    const digest = (values: Iterable<number>) =>
      createHash('sha256')
        .update(Buffer.from(Float64Array.from(values).buffer))
        .digest('hex');
    all.forEach(([name, { data, bscale = 1, bzero = 0 }], i) => {
      const { header, undefined: isUndefined, astropy, cfitsio, title } = results[i];
      const wanted = Object.fromEntries(
        cards.filter(({ keyword }) => keyword in header).map(({ keyword, value }) => [keyword, value]),
      );
      expect(header, name).toEqual(wanted);
      expect(isUndefined, name).toBe(true);
      expect(title, name).toBe(cards.find(({ keyword }) => keyword === 'LONGQUOT')!.value);
      expect(astropy, name).toBe(digest(data));
      expect(cfitsio, name).toBe(digest(Float64Array.from(data, (value) => value * bscale + bzero)));
    });
  });
});

describe.skipIf(!hasFunpack)('funpack and fpack', () => {
  test.each(compressible)('%s: unpacked equal, and packed to the same tiles', (name, options) => {
    const packed = join(folder, `${name}-funpack.fits.fz`);
    const ours = writeImage({ ...options, compression: 'RICE_1' });
    writeFileSync(packed, ours);
    const unpacked = join(folder, `${name}-unpacked.fits`);
    execFileSync('funpack', ['-O', unpacked, packed]);
    const back = readRaw(firstImage(readFits(execFileSync('cat', [unpacked])))).data;
    expect(back).toEqual(options.data);

    const plain = join(folder, `${name}-to-pack.fits`);
    writeFileSync(plain, writeImage(options));
    const theirs = execFileSync('fpack', ['-r', '-S', plain], { maxBuffer: 1 << 26 });
    const tiles = (bytes: Uint8Array) => {
      const hdu = firstImage(readFits(bytes));
      return Buffer.from(bytes.subarray(hdu.dataOffset, hdu.dataOffset + hdu.dataBytes)).toString('hex');
    };
    expect(tiles(ours)).toBe(tiles(theirs));
  });
});
