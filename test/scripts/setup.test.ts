/** The set-up of a folder of its own, with an npm and a build that only note that they were called. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../support/program.ts';

let root: string;

const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};

/** Makes all of `dist`, or is killed in the middle. */
const BUILD = `
  import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
  appendFileSync('calls', 'build\\n');
  rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist/cli', { recursive: true });
  writeFileSync('dist/cli/main.js', '');
  if (existsSync('kill')) process.kill(process.pid, 'SIGKILL');
  mkdirSync('build', { recursive: true });
  writeFileSync('build/kernels.wasm', '');
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sungan set-up '));
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json'])
    write(name, '{}');
  write('src/a.ts', 'one');
  write('scripts/build.mjs', BUILD);
  write('node_modules/better-sqlite3/index.js', 'module.exports = class {}');
  write('bin/npm', '#!/bin/sh\necho npm >> calls\n');
  chmodSync(join(root, 'bin', 'npm'), 0o755);
  copyFileSync(new URL('../../scripts/setup.mjs', import.meta.url), join(root, 'scripts', 'setup.mjs'));
});

afterEach(() => rmSync(root, { recursive: true }));

const setUp = () =>
  runCommandLine(process.execPath, [join(root, 'scripts', 'setup.mjs')], {
    env: { PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}` },
  });
const NO_SHELL = 'the npm of this test is a script for a shell';
const calls = () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n');

test('each step is done once, and again when what it made is gone', async (context) => {
  if (process.platform === 'win32') return context.skip(NO_SHELL);
  for (let time = 0; time < 2; time++) expect((await setUp()).code).toBe(0);
  expect(calls()).toEqual(['npm', 'build']);
  rmSync(join(root, 'build', 'kernels.wasm'));
  await setUp();
  expect(existsSync(join(root, 'build', 'kernels.wasm'))).toBe(true);
});

test('a killed build is built again, even of sources that were built before', async (context) => {
  if (process.platform === 'win32') return context.skip(NO_SHELL);
  await setUp();
  write('src/a.ts', 'two');
  write('kill', '');
  expect((await setUp()).code).toBe(1);
  write('src/a.ts', 'one');
  rmSync(join(root, 'kill'));
  expect((await setUp()).code).toBe(0);
  expect(calls()).toEqual(['npm', 'build', 'build', 'build']);
});
