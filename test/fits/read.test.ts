import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  card,
  FitsError,
  firstImage,
  type ImageHdu,
  readFits,
  readImage,
  readImageFloat32,
  readRaw,
  verifySums,
  type WriteImageOptions,
  writeImage,
} from '../../src/fits/index.ts';
import { errorOf } from './error-of.ts';
import { seeds } from './mutate.ts';

const WIDTH = 70;
const HEIGHT = 23;
const pixels = Int16Array.from({ length: WIDTH * HEIGHT }, (_, i) => 500 * Math.sin(i / 11) + (i % 5));

function written(options: Partial<WriteImageOptions> = {}): Uint8Array {
  return writeImage({ width: WIDTH, height: HEIGHT, data: pixels, ...options });
}

function open(bytes: Uint8Array): ImageHdu {
  return firstImage(readFits(bytes, { file: 'x.fits' }));
}

describe('parts of an image', () => {
  test.each(
    seeds()
      .slice(0, 45)
      .map(({ name, bytes }) => [name, bytes] as const),
  )('%s: every part equals its place in the whole', (_, bytes) => {
    for (const hdu of readFits(bytes).hdus) {
      if (hdu.kind !== 'image') continue;
      const { width, height } = hdu;
      const whole = readImage(hdu).data;
      const regions = [
        { x0: 0, x1: width, y0: 0, y1: 1 },
        { x0: 0, x1: width, y0: height - 1, y1: height },
        { x0: Math.floor(width / 3), x1: Math.ceil(width / 2) + 1, y0: Math.floor(height / 4), y1: height },
        { x0: width - 1, x1: width, y0: 0, y1: height },
      ];
      for (const region of regions) {
        const part = readImage(hdu, { region });
        const wanted = new Float64Array(part.width * part.height);
        for (let y = 0; y < part.height; y++) {
          const row = (region.y0 + y) * width;
          wanted.set(whole.subarray(row + region.x0, row + region.x1), y * part.width);
        }
        expect(part.data).toEqual(wanted);
      }
    }
  });

  test('only the tiles that are needed are decoded', () => {
    const bytes = written({ compression: 'RICE_1' });
    const hdu = open(bytes);
    const { heapStart } = hdu.tiles!;
    // Row 10's tile is spoilt: its neighbours do not care.
    const at = new DataView(bytes.buffer).getUint32(hdu.dataOffset + 8 * 10 + 4);
    bytes.fill(0, heapStart + at + 2, heapStart + at + 40);
    expect(readRaw(hdu, { rows: [0, 10] }).data).toEqual(pixels.slice(0, 10 * WIDTH));
    expect(readRaw(hdu, { rows: [11, HEIGHT] }).data).toEqual(pixels.slice(11 * WIDTH));
    const { data, missingPixels } = readImage(hdu, { partial: true });
    const row = data.subarray(10 * WIDTH, 11 * WIDTH);
    if (missingPixels > 0) expect([...row].every(Number.isNaN)).toBe(true);
  });

  test.each([
    ['rice_cube_rows.fits', [12], (tile: number) => tile === 12],
    // Planes of 7 rows; tiles of 5 rows and 2 planes.
    ['rice_cube.fits', [8, 9, 10], (tile: number) => tile === 0],
    ['rice_cube.fits', [12, 13], (tile: number) => tile === 1],
  ])('%s: rows %j of a cube need no other tiles', (wanted, rows, isNeeded) => {
    const { bytes } = seeds().find(({ name }) => name === wanted)!;
    const range = { rows: [rows[0]!, rows.at(-1)! + 1] } as const;
    const { data } = readRaw(open(bytes), range);
    const { tableStart, rowBytes, rows: tiles } = open(bytes).tiles!;
    const view = new DataView(bytes.buffer);
    for (let tile = 0; tile < tiles; tile++)
      if (!isNeeded(tile)) view.setUint32(tableStart + tile * rowBytes + 4, 0x7fffff00);
    expect(readRaw(open(bytes), range).data).toEqual(data);
    expect(() => readRaw(open(bytes))).toThrow(/outside the heap/);
  });

  test('rows and regions outside the image are refused', () => {
    const hdu = open(written());
    for (const rows of [
      [0, HEIGHT + 1],
      [-1, 1],
      [3, 3],
      [0.5, 2],
    ] as const)
      expect(() => readRaw(hdu, { rows })).toThrow(FitsError);
    expect(() => readRaw(hdu, { rows: [0, 1], region: { x0: 0, x1: 1, y0: 0, y1: 1 } })).toThrow(FitsError);
  });

  test('pixels go to the array that is given', () => {
    const hdu = open(written({ compression: 'RICE_1' }));
    const into = new Float32Array(new SharedArrayBuffer(4 * WIDTH * HEIGHT));
    expect(readImageFloat32(hdu, { into }).data).toBe(into);
    expect([...into]).toEqual([...pixels]);
    expect(() => readImageFloat32(hdu, { into: new Float32Array(3) })).toThrow(/does not fit/);
    expect(() => readRaw(hdu, { into: new Int32Array(WIDTH * HEIGHT) })).toThrow(/expected Int16Array/);
  });
});

describe('broken files', () => {
  test('truncated: refused with both lengths, or read with NaN', () => {
    const bytes = written();
    const cut = bytes.slice(0, 2880 + 2 * (5 * WIDTH + 12) + 1);
    const error = errorOf(() => readImage(open(cut)));
    expect(error).toMatchObject({ file: 'x.fits', hdu: 0, byteOffset: cut.length, kind: 'format' });
    expect(error.message).toBe(
      `the file was cut off: expected ${2 * WIDTH * HEIGHT} bytes of pixels, found ${cut.length - 2880}`,
    );
    const { data, missingPixels } = readImage(open(cut), { partial: true });
    expect([...data.subarray(0, 5 * WIDTH + 12)]).toEqual([...pixels.subarray(0, 5 * WIDTH + 12)]);
    expect(data.subarray(5 * WIDTH + 12).every(Number.isNaN)).toBe(true);
    expect(missingPixels).toBe(WIDTH * HEIGHT - 5 * WIDTH - 12);
  });

  test('truncated in the heap: the rows that are there are read', () => {
    const bytes = written({ compression: 'RICE_1' });
    const whole = open(bytes);
    const cut = bytes.slice(0, whole.dataOffset + 8 * HEIGHT + 700);
    expect(errorOf(() => readImage(open(cut))).message).toMatch(/outside the heap/);
    const { data, missingPixels } = readImage(open(cut), { partial: true });
    const missingRows = missingPixels / WIDTH;
    expect(missingRows).toBeGreaterThan(0);
    expect(Number.isInteger(missingRows)).toBe(true);
    expect([...data.subarray(0, (HEIGHT - missingRows) * WIDTH)]).toEqual([
      ...pixels.subarray(0, (HEIGHT - missingRows) * WIDTH),
    ]);
  });

  test.each([
    ['', 'an empty file'],
    ['<!DOCTYPE html><html>', 'an HTML page'],
    ['  <html>', 'an HTML page'],
    ['BZh91AY', 'a bzip2 file: unpack it first'],
    ['SIMPLE', '"SIMPLE"'],
  ])('%j is told apart', (text, found) => {
    expect(errorOf(() => readFits(Buffer.from(text))).found).toBe(found);
  });

  test('a damaged header names the card', () => {
    const bytes = written();
    bytes.set(Buffer.from('BITPIX  =                   17'), 80);
    expect(errorOf(() => readFits(bytes, { file: 'x.fits' }).hdus)).toMatchObject({
      message: 'bad BITPIX: expected 8, 16, 32, 64, -32 or -64, found "17"',
      where: 'x.fits (HDU 0, byte 80)',
    });
  });

  test('an image larger than the limit is refused before it is made, however it is claimed', () => {
    const bytes = written();
    bytes.set(Buffer.from('NAXIS1  =           1000000000'), 240);
    expect(errorOf(() => readImage(open(bytes), { partial: true })).message).toMatch(/larger than the limit/);
    expect(
      errorOf(() => readImage(firstImage(readFits(written(), { maxDecodedBytes: 1000 })))).message,
    ).toMatch(/larger than the limit/);
    expect(() =>
      readImage(firstImage(readFits(written(), { maxDecodedBytes: 1000 })), { rows: [0, 1] }),
    ).not.toThrow();
    expect(errorOf(() => readFits(gzipSync(written()), { maxDecodedBytes: 1000 })).message).toMatch(
      /cannot unpack/,
    );
  });

  test('what follows the last HDU does no harm', () => {
    const bytes = written({ compression: 'RICE_1' });
    const longer = new Uint8Array(bytes.length + 100).fill(7);
    longer.set(bytes);
    const fits = readFits(longer);
    expect(fits.hdus).toHaveLength(2);
    expect(fits.trailingBytes).toBe(100);
    expect(readRaw(firstImage(fits)).data).toEqual(pixels);
    expect(() => fits.checkEnd()).not.toThrow();
    // Padding that is missing at the end of a file is no fault either.
    const hdu = firstImage(readFits(bytes));
    expect(readRaw(open(bytes.slice(0, hdu.dataOffset + hdu.dataBytes))).data).toEqual(pixels);
  });

  test('a block behind the last HDU is told, unless it is padding', () => {
    const bytes = written();
    const followedBy = (fill: number) => {
      const longer = new Uint8Array(bytes.length + 2880).fill(fill);
      longer.set(bytes);
      return readFits(longer);
    };
    expect(() => followedBy(0).checkEnd()).not.toThrow();
    expect(() => followedBy(0x20).checkEnd()).not.toThrow();
    expect(errorOf(() => followedBy(7).checkEnd())).toMatchObject({
      message: `what follows the last HDU is no HDU: expected XTENSION at byte ${bytes.length}, found 2880 other bytes`,
      hdu: 1,
    });
  });

  test('a fault behind the first image does not hide it', () => {
    const second = Buffer.from('XTENSION= bad'.padEnd(80).repeat(3));
    const fits = readFits(Buffer.concat([written(), second]));
    expect(readRaw(firstImage(fits)).data).toEqual(pixels);
    expect(() => fits.hdus).toThrow(FitsError);
  });

  test('BSCALE 0 is refused, raw values are not', () => {
    const bytes = written({ bscale: 7 });
    bytes.set(Buffer.from('BSCALE  =                    0'), Buffer.from(bytes).indexOf('BSCALE  ='));
    const hdu = open(bytes);
    expect(errorOf(() => readImage(hdu)).message).toMatch(/BSCALE 0/);
    expect(readRaw(hdu).data).toEqual(pixels);
  });
});

describe('missing values', () => {
  test('BLANK of 64-bit integers is compared exactly', () => {
    const { bytes } = seeds().find(({ name }) => name === 'plain_i64.fits')!;
    const values = readRaw(open(bytes)).data as BigInt64Array;
    const at = Buffer.from(bytes).indexOf('EXTEND  =');
    const blanked = (blank: bigint) => {
      bytes.set(Buffer.from(`BLANK   = ${blank}`.padEnd(80)), at);
      return readImage(open(bytes)).data.filter(Number.isNaN).length;
    };
    new DataView(bytes.buffer).setBigInt64(open(bytes).dataOffset, 2n ** 60n + 1n);
    expect(values).not.toContain(2n ** 60n + 1n);
    expect(blanked(2n ** 60n + 1n)).toBe(1);
    expect(blanked(2n ** 60n)).toBe(0);
  });

  test('ZBLANK of an integer image may be a column, when it is one value', () => {
    const { bytes } = seeds().find(({ name }) => name === 'zblank_column.fits')!;
    const text = Buffer.from(bytes);
    const set = (card: string) => bytes.set(Buffer.from(card.padEnd(30)), text.indexOf(card.slice(0, 9)));
    set('ZBITPIX =                   32');
    const { tableStart, rowBytes, columns } = open(bytes).tiles!;
    expect(errorOf(() => readImage(open(bytes))).message).toMatch(
      /different ZBLANK: expected -5, .* found -6/,
    );
    const view = new DataView(bytes.buffer);
    for (let row = 0; row < 6; row++)
      view.setInt32(tableStart + row * rowBytes + columns.get('ZBLANK')!.offset, 7);
    const { data } = readImage(open(bytes));
    expect([...data.subarray(5, 9)]).toEqual([5, 6, Number.NaN, 8]);
  });

  test('BLANK of a float image is ignored, unless asked for', () => {
    const data = Float32Array.of(1, -32768, Number.NaN, 4);
    const hdu = open(writeImage({ width: 2, height: 2, data, cards: [card('NOTBLANK', 1)] }));
    expect([...readImage(hdu).data]).toEqual([...data]);
    const bytes = writeImage({ width: 2, height: 2, data, cards: [card('BLANX', -32768)] });
    bytes.set(Buffer.from('BLANK   '), Buffer.from(bytes).indexOf('BLANX'));
    expect([...readImage(open(bytes)).data]).toEqual([...data]);
    expect([...readImage(open(bytes), { floatBlank: true }).data]).toEqual([1, Number.NaN, Number.NaN, 4]);
  });
});

describe('a damaged scale is not the default', () => {
  const damage = (bytes: Uint8Array, card: string) => {
    bytes.set(Buffer.from(card.padEnd(80)), Buffer.from(bytes).indexOf(card.slice(0, 9)));
    return open(bytes);
  };

  test.each([
    ['BSCALE  = 0.0v25', 'a number'],
    ["BZERO   = '1'", 'a number'],
    ['BLANK   = -32x68', 'a number'],
    ['BLANK   = -3276.8', 'an integer'],
  ])('%s', (card, expected) => {
    for (const compression of ['none', 'RICE_1'] as const) {
      const hdu = damage(written({ compression, bscale: 0.25, bzero: 1, blank: -32768 }), card);
      expect(errorOf(() => readImage(hdu))).toMatchObject({
        message: expect.stringContaining(`bad ${card.slice(0, 8).trim()}: expected ${expected}`),
        byteOffset: hdu.storedHeader.card(card.slice(0, 8).trim())!.position,
      });
      expect(readRaw(hdu).data).toEqual(pixels);
      // Whoever scales by these must notice.
      expect(hdu.bscale + hdu.bzero).toBeNaN();
    }
  });

  test('a value that is left out is the default', () => {
    expect(readImage(damage(written({ bscale: 0.25 }), 'BSCALE  =')).data[5]).toBe(pixels[5]);
  });

  test.each([
    ['rice_i16_tiles.fits', 'ZVAL1   = 3z', 'bad ZVAL1'],
    ['rice_i16_tiles.fits', 'ZNAME1  = 3', 'bad ZNAME1'],
    ['rice_f32_dither1.fits', 'ZQUANTIZ= 1', 'bad ZQUANTIZ'],
    ['rice_f32_dither1.fits', 'ZDITHER0= 3z', 'bad ZDITHER0'],
    ['zblank_column.fits', 'ZZERO   = 1o', 'bad ZZERO'],
    ['zblank_column.fits', 'ZQUANTIZ= 1', 'bad ZQUANTIZ'],
  ])('%s with %s', (wanted, card, message) => {
    const { bytes } = seeds().find(({ name }) => name === wanted)!;
    expect(errorOf(() => damage(bytes, card)).message).toContain(message);
  });
});

test('a heap inside the rows of the table is refused', () => {
  const bytes = written({ compression: 'RICE_1' });
  bytes.set(Buffer.from('THEAP   = 8'.padEnd(80)), Buffer.from(bytes).indexOf('ZSIMPLE ='));
  expect(errorOf(() => open(bytes)).message).toBe(
    'bad THEAP: expected 184 or more, behind the rows, found "8"',
  );
});

describe('what a codec needs beside the pixels counts against the limit', () => {
  test.each([
    ['hcompress_i16.fits', 5],
    ['plio_i16.fits', 4],
  ])('%s: %d bytes a pixel', (wanted, bytesPerPixel) => {
    const { bytes } = seeds().find(({ name }) => name === wanted)!;
    const read = (maxDecodedBytes: number) => {
      const hdu = firstImage(readFits(bytes, { maxDecodedBytes }));
      return readImageFloat32(hdu, { region: { x0: 0, x1: 1, y0: 0, y1: 1 } });
    };
    const tile = firstImage(readFits(bytes)).tiles!.tile;
    const needed = tile[0]! * tile[1]! * bytesPerPixel;
    expect(read(needed).data).toHaveLength(1);
    expect(errorOf(() => read(needed - 1)).message).toMatch(/tile 1 is larger than the limit/);
  });

  test('HCOMPRESS_1 with a sum beyond 32 bits: 9 bytes a pixel', () => {
    const bytes = seeds()
      .find(({ name }) => name === 'hcompress_i16.fits')!
      .bytes.slice();
    const head = Buffer.from(bytes.buffer).indexOf(Uint8Array.of(0xdd, 0x99));
    new DataView(bytes.buffer).setBigInt64(head + 14, 2n ** 40n);
    const [width, height] = firstImage(readFits(bytes)).tiles!.tile as [number, number];
    const read = (maxDecodedBytes: number) => readRaw(firstImage(readFits(bytes, { maxDecodedBytes })));
    expect(read(9 * width * height).data.subarray(0, 3)).toEqual(Int16Array.of(32767, 32767, 32767));
    expect(errorOf(() => read(9 * width * height - 1)).message).toMatch(/take 9 bytes each/);
  });
});

test('lossy pixels beyond the range of bytes become its ends', () => {
  const { bytes } = seeds().find(({ name }) => name.startsWith('hcompress_i16_saturated'))!;
  const at = Buffer.from(bytes).indexOf('ZBITPIX =');
  bytes.set(Buffer.from('ZBITPIX =                    8'), at);
  expect(readRaw(open(bytes)).data).toEqual(new Uint8Array(40 * 32).fill(255));
});

describe('sums', () => {
  test('right, wrong, absent', () => {
    const bytes = written({ compression: 'RICE_1' });
    expect(verifySums(open(bytes))).toEqual({ datasum: 'right', checksum: 'right' });
    const dataOffset = open(bytes).dataOffset;
    bytes[dataOffset + 500]! ^= 1;
    expect(verifySums(open(bytes))).toEqual({ datasum: 'wrong', checksum: 'wrong' });
    const without = written();
    for (const name of ['CHECKSUM', 'DATASUM '])
      without.set(Buffer.from('IGNORED '), Buffer.from(without).indexOf(name));
    expect(verifySums(open(without))).toEqual({ datasum: 'absent', checksum: 'absent' });
  });

  test('blank cards say nothing, DATASUM may stand without quotes', () => {
    const bytes = written();
    const set = (keyword: string, value: string) =>
      bytes.set(
        Buffer.from(`${keyword.padEnd(8)}= ${value}`.padEnd(80)),
        Buffer.from(bytes).indexOf(keyword),
      );
    const sum = open(bytes).header.text('DATASUM')!;
    set('CHECKSUM', "'                '");
    expect(verifySums(open(bytes))).toEqual({ datasum: 'right', checksum: 'absent' });
    set('DATASUM', sum);
    expect(verifySums(open(bytes)).datasum).toBe('right');
    set('DATASUM', "'1x'");
    expect(verifySums(open(bytes)).datasum).toBe('wrong');
    set('DATASUM', "'      '");
    expect(verifySums(open(bytes))).toEqual({ datasum: 'absent', checksum: 'absent' });
  });

  test('`verify` refuses what was changed', () => {
    const bytes = written();
    expect(readRaw(open(bytes), { verify: true }).data).toEqual(pixels);
    const { dataOffset } = open(bytes);
    bytes[dataOffset + 7]! ^= 1;
    expect(errorOf(() => readRaw(open(bytes), { verify: true }))).toMatchObject({
      message:
        'DATASUM does not fit: expected the data as written, found bytes that add up to something else',
      hdu: 0,
      byteOffset: dataOffset,
    });
    bytes[dataOffset + 7]! ^= 1;
    bytes[Buffer.from(bytes).indexOf('row')]! ^= 1;
    expect(errorOf(() => readImage(open(bytes), { verify: true })).message).toMatch(/^CHECKSUM does not fit/);
    expect(() => readImage(open(bytes))).not.toThrow();
  });
});
