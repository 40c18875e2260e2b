import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { card, FitsError, FitsHeader, readFits, writeImage } from '../../src/fits/index.ts';

/** A file that holds nothing but these cards. */
function fileOf(...cards: string[]): Uint8Array {
  const all = [
    'SIMPLE  =                    T',
    'BITPIX  =                    8',
    'NAXIS   =                    0',
    ...cards,
    'END',
  ];
  const text = all.map((line) => line.padEnd(80)).join('');
  return Buffer.from(text.padEnd(Math.ceil(text.length / 2880) * 2880), 'latin1');
}

function headerOf(...cards: string[]): FitsHeader {
  return readFits(fileOf(...cards)).hdu(0)!.header;
}

describe('values', () => {
  test.each([
    ['INT     =                 -42 / answer', -42],
    ['FLOAT   =  0.82851399999999997 / s', 0.828514],
    ['POINT   =                   1. / level', 1],
    ['DOUBLE  = 1.5D-03', 0.0015],
    ['LOWER   = 1.5d3', 1500],
    ['NOTNUM  = nan', Number.NaN],
    ['MINUS   = -nan / JSOC', Number.NaN],
    ['LIMIT   = -Inf', Number.NEGATIVE_INFINITY],
    ['YES     =                    T', true],
    ['NO      =                    F / comment', false],
    ['NOTHING =                      / undefined', null],
    ['NOTHING2=', null],
    ["TEXT    = 'SDO/AIA '           / with a slash / and another", 'SDO/AIA'],
    ["SLASH   = 'a / b'              / c", 'a / b'],
    ["QUOTE   = 'it''s'", "it's"],
    ["QUOTES  = ''''''", "''"],
    ["EMPTY   = ''", ''],
    ["BLANKS  = '     '", ''],
    ["LEADING = '  x '", '  x'],
    ["OPEN    = 'no end", 'no end'],
    ['COMPLEX = (1.5, -2D1) / pair', '(1.5, -2D1)'],
    ['HIERARCH ESO DET CHIP1 = 7 / long', 7],
    ['HIERARCH ESO DET CHIP1=7', 7],
    ["COMMENT = 'text'", undefined],
    ['HISTORY = 5', undefined],
    ["CONTINUE= 'text'", undefined],
    ["hierarch= 'a keyword'", 'a keyword'],
  ])('%s', (line, value) => {
    const keyword = line.startsWith('HIERARCH') ? 'ESO DET CHIP1' : line.slice(0, 8).trim();
    expect(headerOf(line).get(keyword)).toEqual(value);
  });

  test('a comment follows the value', () => {
    const header = headerOf(
      "TEXT    = 'a / b' / with / slashes",
      'INT     = 3/close',
      'HISTORY   kept as it is',
    );
    expect(header.card('TEXT')!.comment).toBe('with / slashes');
    expect(header.get('INT')).toBe(3);
    expect(header.card('INT')!.comment).toBe('close');
    expect(header.card('HISTORY')).toMatchObject({ value: undefined, comment: '  kept as it is' });
  });

  test('typed access gives undefined for other types', () => {
    const header = headerOf("TEXT    = '5'", 'INT     = 5', 'YES     = T', 'C       = (1, 2)');
    expect([header.number('TEXT'), header.text('INT'), header.boolean('INT')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([header.number('INT'), header.text('TEXT'), header.boolean('YES')]).toEqual([5, '5', true]);
    expect(header.complex('C')).toEqual([1, 2]);
    expect(header.complex('TEXT')).toBeUndefined();
    expect([header.get('int'), header.get('ABSENT'), header.has('yes')]).toEqual([5, undefined, true]);
  });
});

describe('long strings', () => {
  test('CONTINUE joins, and comments with it', () => {
    const header = headerOf(
      "LONG    = 'one &' / first",
      "CONTINUE  'two''&'",
      "CONTINUE  '' / last",
      'AFTER   = 1',
    );
    expect(header.get('LONG')).toBe("one two'");
    expect(header.card('LONG')!.comment).toBe('first last');
    expect(header.card('LONG')!.text).toHaveLength(240);
    expect(header.get('AFTER')).toBe(1);
  });

  test('many of them take time and memory in proportion', () => {
    const cards = Array.from({ length: 50_000 }, () => `CONTINUE  '${'a'.repeat(66)}&'`);
    const header = headerOf("LONG    = 'b&'", ...cards, "CONTINUE  'c'", "CONTINUE  'stray'");
    expect(header.text('LONG')).toBe(`b${'a'.repeat(66 * 50_000)}c`);
    expect(header.get('CONTINUE')).toBeUndefined();
    expect(FitsHeader.fromJSON(header.toJSON()).cards).toEqual(header.cards);
  });

  test('an ampersand that nothing follows stays; CONTINUE that follows nothing is commentary', () => {
    const header = headerOf("AMP     = 'R&D &'", 'AFTER   = 1', "CONTINUE  'lost'");
    expect(header.get('AMP')).toBe('R&D &');
    expect(header.get('CONTINUE')).toBeUndefined();
    expect(header.card('CONTINUE')!.comment).toContain("'lost'");
  });
});

describe('whole headers', () => {
  test('the last of duplicates wins; all of them can be had', () => {
    const header = headerOf('A       = 1', 'A       = 2', 'COMMENT  x', 'COMMENT  y');
    expect(header.get('A')).toBe(2);
    expect(header.all('A')).toEqual([1, 2]);
    expect(header.toRecord()).toMatchObject({ A: 2, COMMENT: 'x\ny' });
  });

  test('numbers that JSON lacks are text, hostile keywords are keywords', () => {
    const record = headerOf('N       = nan', 'I       = -inf', "__PROTO_= 'x'").toRecord();
    expect(record).toMatchObject({ N: 'NaN', I: '-Infinity', __PROTO_: 'x' });
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  test('positions are bytes in the file', () => {
    const header = headerOf('A       = 1');
    expect(header.card('SIMPLE')!.position).toBe(0);
    expect(header.card('A')!.position).toBe(240);
  });

  test('more than 600 cards', () => {
    const header = headerOf(...Array.from({ length: 700 }, (_, i) => `K${i}`.padEnd(8).concat(`= ${i}`)));
    expect(header.number('K699')).toBe(699);
  });

  test('a header beyond the limit is refused, and the limit can be moved', () => {
    const bytes = fileOf(...Array.from({ length: 100 }, () => ''));
    expect(readFits(bytes, { maxHeaderCards: 103 }).hdus[0]!.header.cards).toHaveLength(103);
    expect(() => readFits(bytes, { maxHeaderCards: 102 }).hdus).toThrow(
      /longer than the limit: expected at most 102 cards/,
    );
    expect(() => headerOf(' '.repeat(80 * 100_000))).toThrow(/at most 100000 cards/);
  });

  test('messages stay short, whatever the file holds', () => {
    const axes = Array.from({ length: 999 }, (_, i) => `NAXIS${i + 1}`.padEnd(8).concat('= 2147483648'));
    const bytes = fileOf('NAXIS   = 999', ...axes);
    expect(() => readFits(bytes).hdus).toThrow(FitsError);
    try {
      readFits(bytes).hdus;
    } catch (error) {
      expect((error as FitsError).found).toHaveLength(80);
      expect((error as FitsError).message.length).toBeLessThan(300);
    }
  });

  test('JSON keeps every byte', () => {
    const header = headerOf(
      "LONG    = 'one &' / first",
      "CONTINUE  'two'",
      'N       = nan',
      'HISTORY a b',
      '',
      'D       = 1D3',
    );
    const copy = FitsHeader.fromJSON(JSON.parse(JSON.stringify(header)));
    expect(copy.cards).toEqual(header.cards);
    expect(copy.get('LONG')).toBe('one two');
  });

  test('no END, and no header at all', () => {
    expect(() => readFits(Buffer.from('SIMPLE  =                    T'.padEnd(2880))).hdus).toThrow(
      /no END card/,
    );
    const binary = Buffer.alloc(5760);
    binary.write('SIMPLE  =                    T'.padEnd(80), 'latin1');
    expect(() => readFits(binary).hdus).toThrow(/not a header card.*keyword in printable ASCII.*0x00/);
  });
});

describe('what is written is read back', () => {
  const texts = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 300,
  });
  const values = fc.oneof(
    texts.map((text) => text.trimEnd()),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const keywords = fc
    .stringMatching(/^[A-Y][A-Z0-9_-]{0,7}$/)
    .filter(
      (word) =>
        !/^(END|BSCALE|BZERO|BLANK|COMMENT|HISTORY|SIMPLE|BITPIX|NAXIS.*|EXTEND|EXTNAME|CHECKSUM|DATASUM|T(TYPE|FORM)\d.*|TFIELDS|THEAP|PCOUNT|GCOUNT|GROUPS|CONTINUE|XTENSION)$/.test(
          word,
        ),
    );

  test('any keyword, value and comment', () => {
    fc.assert(
      fc.property(keywords, values, texts, (keyword, value, comment) => {
        const bytes = writeImage({
          width: 1,
          height: 1,
          data: Uint8Array.of(1),
          cards: [card(keyword, value, comment)],
        });
        const read = readFits(bytes).hdu(0)!.header.card(keyword)!;
        expect(read.value).toEqual(Object.is(value, -0) ? -0 : value);
        expect(comment.trim().startsWith(read.comment.trim().slice(0, 1))).toBe(true);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test('a card that cannot be is refused', () => {
    expect(() =>
      writeImage({ width: 1, height: 1, data: Uint8Array.of(1), cards: [card('bad key!', 1)] }),
    ).toThrow(FitsError);
  });
});
