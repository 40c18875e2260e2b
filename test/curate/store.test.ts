/** The two halves of a commit: before its journal nothing happened, after it everything will. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../src/catalog/index.ts';
import { recover } from '../../src/curate/store.ts';
import { temporaryWorkspace } from './support.ts';

let folder: string;
let remove: () => void;
beforeEach(() => {
  const temporary = temporaryWorkspace();
  folder = join(temporary.workspace.datasets, 'set');
  remove = temporary.remove;
  mkdirSync(join(folder, '.staging', '8', 'c'), { recursive: true });
  writeFileSync(join(folder, '.staging', '8', 'c', '0'), 'new shard');
  writeFileSync(join(folder, '.staging', 'manifest.json'), 'new manifest');
});
afterEach(() => remove());

const verdict: Verdict = { dataset: 'set', frameId: 1, accepted: true, scores: [], by: 'rule' };

test('staged files without a journal are thrown away', async () => {
  const recorded: Verdict[] = [];
  expect(await recover(folder, (verdicts) => recorded.push(...verdicts))).toBe(false);
  expect(recorded).toEqual([]);
  expect(existsSync(join(folder, '.staging'))).toBe(false);
  expect(existsSync(join(folder, '8'))).toBe(false);
});

test('a journal is carried out to its end, from wherever it was broken off', async () => {
  // The shard was renamed before the kill, the manifest was not.
  mkdirSync(join(folder, '8', 'c'), { recursive: true });
  writeFileSync(join(folder, '8', 'c', '0'), 'new shard');
  writeFileSync(join(folder, 'manifest.json'), 'old manifest');
  const paths = ['8/c/0', '8/zarr.json', 'manifest.json'];
  writeFileSync(join(folder, '.commit.json'), JSON.stringify({ paths, verdicts: [verdict] }));
  const recorded: Verdict[] = [];
  expect(await recover(folder, (verdicts) => recorded.push(...verdicts))).toBe(true);
  expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe('new manifest');
  expect(recorded).toEqual([verdict]);
  expect(existsSync(join(folder, '.commit.json'))).toBe(false);
  expect(await recover(folder, () => {})).toBe(false);
});
