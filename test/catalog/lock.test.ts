import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../src/catalog/index.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sungan-lock-'));
  path = join(folder, 'deep', 'ingest.lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

const take = () => takeLock(path, 'sungan ingest', () => new Date('2020-01-01T00:00:00Z'));

test('a damaged lock file is told apart from one that cannot be written', () => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(path, 'no database, but long enough to look like one'.repeat(50));
  const remedy = expect.stringContaining('delete it');
  expect(take).toThrow(expect.objectContaining({ kind: 'io', where: path, remedy }));
});

test('a second taker is refused with the name of the first, and gets it after the release', () => {
  const first = take();
  const who = expect.stringMatching(
    new RegExp(`sungan ingest, process ${process.pid} on .*, since 2020-01-01`),
  );
  expect(take).toThrow(expect.objectContaining({ kind: 'io', where: path, message: who }));
  first.release();
  take().release();
});

test('a holder that is killed holds nothing', async () => {
  take().release();
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const script = `const db = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(path)});
    db.exec('BEGIN IMMEDIATE'); console.log('held'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(take).toThrow(/another run is at work/);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  take().release();
});

test('a place that cannot be written is told from a lock that is held', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const takeThere = () => takeLock(join(file, 'ingest.lock'), 'x', () => new Date());
  expect(takeThere).toThrow(
    expect.objectContaining({ kind: 'io', message: expect.stringContaining('cannot take the lock') }),
  );
});
