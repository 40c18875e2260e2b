import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../src/catalog/index.ts';
import { readJournal, VerdictJournal } from '../../src/curate/verdict-journal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const word = (frameId: number): Verdict => ({
  dataset: 'aia-193',
  frameId,
  accepted: true,
  scores: [
    { rule: 'known-event', score: 1, threshold: null, passed: true, note: 'SDO: éclipse\nof the Moon' },
  ],
  by: 'rule',
});

test('a journal appears when it is committed, and gives back what was appended', async () => {
  const path = join(folder, '.aia-193.swap.json');
  const journal = await VerdictJournal.create(path);
  journal.append([word(1), word(2)]);
  journal.append([word(3)]);
  expect(await readdir(folder)).not.toContain('.aia-193.swap.json');
  await journal.commit();
  expect(await readdir(folder)).toEqual(['.aia-193.swap.json']);
  const read: Verdict[] = [];
  for await (const verdicts of readJournal(path)) read.push(...verdicts);
  expect(read).toEqual([word(1), word(2), word(3)]);
});

test('a journal that is discarded leaves nothing', async () => {
  const journal = await VerdictJournal.create(join(folder, 'swap.json'));
  journal.append([word(1)]);
  await journal.discard();
  expect(await readdir(folder)).toEqual([]);
});
