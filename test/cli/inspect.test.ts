import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandContext, CommandResult } from '../../src/cli/command.ts';
import inspect from '../../src/cli/commands/inspect.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { createLogger } from '../../src/core/log.ts';
import { parseOptions } from '../../src/core/options.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { card, writeImage } from '../../src/fits/index.ts';
import { describeWithRealData } from '../support/real-data.ts';

let folder = '';
const at = (name: string) => join(folder, name);

/** 4 x 3 pixels; the first one, bottom left, is missing. */
const small = Int16Array.of(-32768, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23);
const cards = [card('TELESCOP', 'SDO/AIA'), card('WAVELNTH', 193), card('T_OBS', '2017-01-03T23:00:05.84Z')];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-inspect-'));
  const bytes = writeImage({ width: 4, height: 3, data: small, blank: -32768, cards, compression: 'RICE_1' });
  await writeFile(at('good.fits'), bytes);
  await writeFile(at('plain.fits'), writeImage({ width: 4, height: 3, data: small, blank: -32768 }));
  await writeFile(at('cut.fits'), writeImage({ width: 4, height: 3, data: small }).subarray(0, 2880 + 9));
  await writeFile(at('page.fits'), '<html><title>404</title></html>');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(options: object): Promise<CommandResult & { messages: string }> {
  let messages = '';
  const log = createLogger('info', (line) => {
    messages += line;
  });
  const context: CommandContext = {
    workspace: openWorkspace(folder),
    effects: quietEffects({ log }),
    dryRun: false,
    jobs: undefined,
    json: false,
  };
  const result = await inspect.run(parseOptions(inspect.schema, options, 'test'), context);
  return { ...result, messages };
}

describe('sungan inspect', () => {
  test('says what an image holds', async () => {
    const { data, text, exitCode } = await run({ files: [at('good.fits')] });
    expect(exitCode).toBe(0);
    expect(data).toEqual([
      {
        file: at('good.fits'),
        hdu: 1,
        shape: [4, 3],
        bitpix: 16,
        compression: 'RICE_1',
        bscale: 1,
        bzero: 0,
        blank: -32768,
        nan: 1,
        missing: 0,
        min: 1,
        max: 23,
        mean: 138 / 11,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        datasum: 'right',
        checksum: 'right',
      },
    ]);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('SDO/AIA 193 2017-01-03T23:00:05.84Z');
  });

  test('a bad file costs one line and exit code 1; the others are shown', async () => {
    const files = ['good.fits', 'page.fits', 'cut.fits', 'absent.fits', 'plain.fits'].map(at);
    const { data, text, messages, exitCode } = await run({ files });
    expect(exitCode).toBe(1);
    expect(text.split('\n')).toHaveLength(3);
    const lines = messages.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /page\.fits \(byte 0\): not a FITS file: expected "SIMPLE {2}=", found an HTML page$/,
    );
    expect(lines[1]).toMatch(
      /cut\.fits \(HDU 0, byte 2889\): the file was cut off: expected 24 bytes of pixels, found 9$/,
    );
    expect(lines[2]).toMatch(/absent\.fits: .*no such file/);
    const rows = data as { file: string; sha256?: string; error?: string }[];
    expect(rows.map(({ error }) => error !== undefined)).toEqual([false, false, true, true, true]);
    expect(rows[0]!.sha256).toBe(rows[1]!.sha256);
  });

  test('a folder stands for the FITS files in it', async () => {
    const { text } = await run({ files: [folder], partial: true });
    const shown = text.split('\n').map((line) => line.split(/\s/)[0]);
    expect(shown).toEqual(['file', ...['cut', 'good', 'plain'].map((name) => at(`${name}.fits`))]);
    await mkdir(at('empty'));
    await expect(run({ files: [at('empty')] })).rejects.toThrow(/no FITS files/);
  });

  test('--partial reads what is there', async () => {
    const { data, exitCode } = await run({ files: [at('cut.fits')], partial: true });
    expect(exitCode).toBe(0);
    expect(data).toMatchObject([{ nan: 8, missing: 8, min: -32768, max: 3 }]);
  });

  test('a wrong sum, and what is no HDU at the end, are faults beside the row', async () => {
    const bytes = writeImage({ width: 4, height: 3, data: small });
    const changed = bytes.slice();
    changed[2880]! ^= 1;
    await mkdir(at('sums'));
    await writeFile(at('sums/data.fits'), changed);
    await writeFile(at('sums/end.fits'), Buffer.concat([bytes, Buffer.alloc(2880, 'YTENSION')]));
    const { data, text, messages, exitCode } = await run({ files: [at('sums')] });
    expect(exitCode).toBe(1);
    expect(text).toMatch(/data\.fits .* wrong$/m);
    expect(data).toMatchObject([
      { datasum: 'wrong', checksum: 'wrong' },
      { datasum: 'right', checksum: 'right' },
      { hdu: 0, byteOffset: 2880 },
      { hdu: 1, byteOffset: 5760 },
    ]);
    expect(messages).toMatch(/data\.fits \(HDU 0, byte 2880\): DATASUM does not fit/);
    expect(messages).toMatch(/end\.fits \(HDU 1, byte 5760\): .*expected XTENSION at byte 5760/);
    await rm(at('sums'), { recursive: true });
  });

  test('--partial takes the BLANK of floats for missing', async () => {
    const bytes = writeImage({
      width: 2,
      height: 1,
      data: Float32Array.of(-32768, 5),
      cards: [card('BLANX', -32768)],
    });
    bytes.set(Buffer.from('BLANK   '), Buffer.from(bytes).indexOf('BLANX'));
    await mkdir(at('floats'));
    await writeFile(at('floats/x.fits'), bytes);
    expect((await run({ files: [at('floats')], partial: true })).data).toMatchObject([
      { nan: 1, min: 5 },
      {},
    ]);
    expect((await run({ files: [at('floats')] })).data).toMatchObject([{ nan: 0, min: -32768 }, {}]);
    await rm(at('floats'), { recursive: true });
  });

  test('no picture overwrites another', async () => {
    const plain = writeImage({ width: 4, height: 3, data: small });
    const compressed = writeImage({ width: 4, height: 3, data: small, compression: 'RICE_1' }).subarray(2880);
    await mkdir(at('two/b'), { recursive: true });
    await writeFile(at('two/x.fits'), Buffer.concat([plain, compressed]));
    await writeFile(at('two/b/x.fits'), plain);
    await run({ files: [at('two')], png: at('two/looks') });
    expect((await readdir(at('two/looks'))).sort()).toEqual(['x-2.png', 'x-hdu1.png', 'x.png']);
    await rm(at('two'), { recursive: true });
  });

  test('--header shows every card', async () => {
    const { data, text } = await run({ files: [at('good.fits')], header: true });
    expect(text).toMatch(/^TELESCOP= 'SDO\/AIA '/m);
    expect(text).toMatch(/^NAXIS1 {2}= +4/m);
    expect(data).toMatchObject([
      { header: { cards: expect.arrayContaining([expect.objectContaining({ keyword: 'T_OBS' })]) } },
    ]);
  });

  test('--png draws the top row last in the file', async () => {
    await run({ files: [at('good.fits')], png: at('look.png') });
    const { data, info } = await sharp(await readFile(at('look.png')))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([4, 3]);
    const gray = Array.from({ length: 12 }, (_, i) => data[i * info.channels]!);
    expect(gray[3]).toBe(255);
    expect(gray[8]).toBe(0);
    expect(gray[0]!).toBeGreaterThan(gray[4]!);
    await run({ files: [at('good.fits'), at('plain.fits')], png: at('looks') });
    await expect(readFile(at('looks/plain.png'))).resolves.toBeDefined();
    await expect(run({ files: [at('good.fits'), at('plain.fits')], png: at('look.png') })).rejects.toThrow(
      /one picture/,
    );
  });
});

describeWithRealData('sungan inspect on real files', (data) => {
  test('agrees with the table that astropy made', async () => {
    const lines = (await readFile(join(data, 'expected.tsv'), 'utf8')).trim().split('\n');
    const names = lines[0]!.split('\t');
    const cell = (line: string, name: string) => line.split('\t')[names.indexOf(name)]!;
    const wanted = lines
      .slice(1)
      .filter(
        (line) => /^(hmi|fits-conformance)/.test(line) && cell(line, 'sha256_of_pixels_as_le_float64') !== '',
      );
    const files = [...new Set(wanted.map((line) => cell(line, 'file')))];
    const { data: rows, exitCode } = await run({ files: files.map((file) => join(data, file)) });
    const found = rows as { file: string; hdu: number; sha256: string; error?: string }[];
    // One of the files is there to have wrong sums.
    const faulty = found.filter(({ error }) => error !== undefined).map(({ file }) => file);
    expect(faulty).toEqual([join(data, 'fits-conformance/astropy_checksum_false.fits')]);
    expect(exitCode).toBe(1);
    expect(wanted.length).toBeGreaterThan(20);
    for (const line of wanted) {
      const row = found.find(
        ({ file, hdu }) => file === join(data, cell(line, 'file')) && hdu === Number(cell(line, 'hdu')),
      );
      expect(row?.sha256, line).toBe(cell(line, 'sha256_of_pixels_as_le_float64'));
    }
  });
});
