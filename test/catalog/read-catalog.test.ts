import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readCatalog, readStatus } from '../../src/catalog/index.ts';
import { openWorkspace } from '../../src/core/workspace.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sungan-read-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a place that cannot be looked into is not said to be empty', () => {
  symlinkSync('loop', join(folder, 'loop'));
  const workspace = openWorkspace(join(folder, 'loop'));
  expect(() => readStatus(workspace, 1)).toThrow(
    expect.objectContaining({ kind: 'io', where: workspace.catalog }),
  );
  expect(readStatus(openWorkspace(join(folder, 'none')), 1)).toBeUndefined();
});

test('a temporary folder that is not there is said, with the variable that names it', () => {
  const path = join(folder, 'catalog.sqlite');
  mkdirSync(path);
  vi.stubEnv('TMPDIR', join(folder, 'none'));
  expect(() => readCatalog(path, () => {})).toThrow(
    expect.objectContaining({ kind: 'io', where: path, remedy: expect.stringContaining('TMPDIR') }),
  );
});
