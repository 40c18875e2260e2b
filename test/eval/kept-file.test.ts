import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readKept, writeKept } from '../../src/eval/kept-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-kept-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (digit: string, ending = 'f32') => join(folder, `${digit.repeat(32)}.${ending}`);
const body = new Uint8Array(36).fill(7);

it('what is kept is bounded: what was not used for the longest time goes, and nothing of others', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'x'.repeat(1000));
  for (const [i, name] of [file('a'), file('b', 'statistics-1.f64'), file('c')].entries()) {
    await writeKept(name, body);
    utimesSync(name, 1000 + i, 1000 + i);
  }
  expect(await readKept(file('a'))).toEqual(body);
  // Four files of 100 bytes.
  await writeKept(file('d'), body, 250);
  expect(readdirSync(folder).sort()).toEqual([`${'a'.repeat(32)}.f32`, `${'d'.repeat(32)}.f32`, 'notes.txt']);
  await writeKept(file('e'), body, 50);
  expect(readdirSync(folder).sort()).toEqual([`${'e'.repeat(32)}.f32`, 'notes.txt']);
});
