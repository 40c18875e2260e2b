import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Catalog,
  explainCatalogError,
  type FrameFacts,
  openCatalog,
  type SlotKey,
} from '../../src/catalog/index.ts';

let folder: string;
let path: string;
let catalog: Catalog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sungan-catalog-'));
  path = join(folder, 'deep', 'catalog.sqlite');
  catalog = openCatalog(path, { now: () => new Date('2020-01-01T00:00:00Z') });
});

afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true });
});

const key = (slot: string, wavelength = 193): SlotKey => ({
  source: 'synoptic',
  product: 'aia.lev1.5s',
  wavelength,
  slot,
});

const facts = (name: string): FrameFacts => ({
  path: `raw/synoptic/${name}`,
  url: `http://archive/${name}`,
  etag: '"abc"',
  bytes: 10,
  sha256: name,
  tObs: '2017-01-03T00:00:05.84Z',
  exposureSeconds: 1.999657,
  quality: 0xffff_fee0,
  fsn: 143631308,
  width: 1024,
  height: 1024,
  header: { TELESCOP: 'SDO/AIA', EXPTIME: 1.999657, PERCENTD: 'NaN', ODD: null, FLAG: true },
});

describe('slots', () => {
  test('are inserted once and keep their state', () => {
    const keys = Array.from({ length: 1203 }, (_, hour) =>
      key(new Date(Date.UTC(2017, 0, 1, hour)).toISOString()),
    );
    catalog.expectSlots(keys);
    const first = catalog.frames({ wavelength: 193 })[0]!;
    catalog.setState(first.id, 'absent', 'HTTP 404');
    catalog.expectSlots(keys);
    const all = catalog.frames({ source: 'synoptic' });
    expect(all).toHaveLength(1203);
    expect(all[0]).toMatchObject({
      state: 'absent',
      reason: 'HTTP 404',
      slot: keys[0]!.slot,
      header: null,
      path: null,
    });
    expect(all[1]!.state).toBe('expected');
  });

  test('are filtered by every field, in slot order', () => {
    catalog.expectSlots([
      key('2017-01-02T00:00:00Z'),
      key('2017-01-01T00:00:00Z'),
      key('2017-01-01T00:00:00Z', 171),
    ]);
    expect(catalog.frames({ wavelength: 193 }).map((frame) => frame.slot)).toEqual([
      '2017-01-01T00:00:00Z',
      '2017-01-02T00:00:00Z',
    ]);
    expect(catalog.frames({ from: '2017-01-02T00:00:00Z' })).toHaveLength(1);
    expect(catalog.frames({ to: '2017-01-02T00:00:00Z' })).toHaveLength(2);
    expect(catalog.frames({ states: ['stored'] })).toEqual([]);
    expect(catalog.frames({ product: "x' OR 1=1 --" })).toEqual([]);
  });
});

test('a stored frame comes back as it went in', () => {
  catalog.expectSlots([key('2017-01-03T00:00:00Z')]);
  const { id } = catalog.frames({})[0]!;
  catalog.recordStored(id, facts('a.fits'));
  const frame = catalog.frame(id)!;
  expect(frame).toEqual({
    ...key('2017-01-03T00:00:00Z'),
    ...facts('a.fits'),
    id,
    state: 'stored',
    reason: null,
    tries: 0,
    corruptRuns: 0,
    updatedAt: '2020-01-01T00:00:00.000Z',
  });
  expect(structuredClone(frame).header).toEqual(facts('a.fits').header);
  expect(catalog.storedWithHash('a.fits')?.id).toBe(id);
  expect(catalog.frameOfSlot(key('2017-01-03T00:00:00Z'))?.id).toBe(id);
});

test('a frame is not stored without path, size and hash, and no two frames share a file', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z'), key('2017-01-02T00:00:00Z')]);
  const [first, second] = catalog.frames({});
  expect(() => catalog.setState(first!.id, 'stored', null)).toThrow(/CHECK/);
  catalog.recordStored(first!.id, facts('a.fits'));
  expect(() => catalog.recordStored(second!.id, facts('a.fits'))).toThrow(/UNIQUE/);
  expect(catalog.frame(second!.id)).toMatchObject({ state: 'expected', header: null });
});

test('nearest looks both ways and sees stored frames only', () => {
  catalog.expectSlots(
    [0, 6, 12, 18].map((hour) => key(`2017-01-01T${String(hour).padStart(2, '0')}:00:00Z`)),
  );
  const frames = catalog.frames({});
  for (const [index, frame] of frames.entries())
    if (index !== 1) catalog.recordStored(frame.id, facts(`${index}.fits`));
  const nearest = (time: string) => catalog.nearest('synoptic', 'aia.lev1.5s', 193, time)?.slot.slice(11, 13);
  expect(nearest('2016-01-01T00:00:00Z')).toBe('00');
  expect(nearest('2017-01-01T05:59:00Z')).toBe('00');
  expect(nearest('2017-01-01T06:00:00Z')).toBe('00');
  expect(nearest('2017-01-01T06:01:00Z')).toBe('12');
  expect(nearest('2018-01-01T00:00:00Z')).toBe('18');
  expect(catalog.nearest('synoptic', 'aia.lev1.5s', 171, '2017-01-01T00:00:00Z')).toBeUndefined();
});

test('attempts stay in order', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z')]);
  const { id } = catalog.frames({})[0]!;
  const attempt = {
    frameId: id,
    url: 'http://a/b',
    startedAt: '2020-01-01T00:00:00Z',
    status: 503,
    bytes: 0,
    milliseconds: 1.5,
    error: 'HTTP 503',
  };
  catalog.recordAttempt(attempt);
  catalog.recordAttempt({ ...attempt, status: null, error: 'no answer' });
  expect(catalog.attempts(id)).toEqual([attempt, { ...attempt, status: null, error: 'no answer' }]);
});

test('verdicts replace those of the same dataset and frame, all or none', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z')]);
  const { id } = catalog.frames({})[0]!;
  const score = {
    rule: 'quality',
    score: 8192,
    threshold: 0,
    passed: false,
    note: 'QUALITY 0x2000: eclipse',
  };
  const verdict = { dataset: 'aia-193', frameId: id, accepted: false, scores: [score], by: 'rule' };
  catalog.recordVerdicts([verdict]);
  catalog.recordVerdicts([{ ...verdict, accepted: true, scores: [], by: 'A. Person' }]);
  catalog.recordVerdicts([{ ...verdict, dataset: 'other' }]);
  expect([...catalog.verdicts('aia-193')]).toEqual([
    { ...verdict, accepted: true, scores: [], by: 'A. Person' },
  ]);
  expect(() =>
    catalog.recordVerdicts([
      { ...verdict, dataset: 'third' },
      { ...verdict, dataset: 'third', frameId: 999 },
    ]),
  ).toThrow(/FOREIGN/);
  expect([...catalog.verdicts('third')]).toEqual([]);
});

test('verdicts come page by page, also while other statements run', () => {
  const keys = Array.from({ length: 600 }, (_, hour) =>
    key(new Date(Date.UTC(2017, 0, 1, hour)).toISOString()),
  );
  catalog.expectSlots(keys);
  const ids = keys.map((key) => catalog.frameOfSlot(key)!.id).sort((a, b) => a - b);
  const empty = catalog.verdictsHash('aia-193');
  catalog.recordVerdicts(
    ids.map((frameId) => ({
      dataset: 'aia-193',
      frameId,
      accepted: frameId % 3 === 0,
      scores: [{ rule: 'mean', score: frameId, threshold: 1, passed: true, note: null }],
      by: 'rule',
    })),
  );
  const seen: number[] = [];
  for (const verdict of catalog.verdicts('aia-193')) {
    catalog.recordVerdicts([{ ...verdict, by: 'A. Person' }]);
    expect(verdict.scores[0]!.score).toBe(verdict.frameId);
    expect(catalog.verdict('aia-193', verdict.frameId)).toEqual({ ...verdict, by: 'A. Person' });
    seen.push(verdict.frameId);
  }
  expect(seen).toEqual(ids);
  expect(catalog.verdict('aia-193', -1)).toBeUndefined();
  expect(catalog.verdict('other', ids[0]!)).toBeUndefined();
  const before = catalog.verdictsHash('aia-193');
  expect(before).not.toBe(empty);
  expect(catalog.verdictsHash('other')).toBe(empty);
  const last = catalog.verdict('aia-193', ids.at(-1)!)!;
  catalog.recordVerdicts([{ ...last, scores: [{ ...last.scores[0]!, threshold: 2 }] }]);
  expect(catalog.verdictsHash('aia-193')).not.toBe(before);
  catalog.recordVerdicts([last]);
  expect(catalog.verdictsHash('aia-193')).toBe(before);
});

test('a unit never changes its split', () => {
  catalog.assignSplits([{ unit: '2017-01', split: 'train', rule: 'months, seed 1' }]);
  catalog.assignSplits([
    { unit: '2017-01', split: 'test', rule: 'months, seed 2' },
    { unit: '2017-02-01', split: 'guard', rule: 'months, seed 2' },
  ]);
  expect([...catalog.splits()]).toEqual([
    ['2017-01', 'train'],
    ['2017-02-01', 'guard'],
  ]);
});

test('runs remember options and end', () => {
  const id = catalog.startRun({ command: 'ingest', options: { wavelength: [193] }, version: '0.1.0' });
  expect(catalog.runs(5)[0]).toMatchObject({
    id,
    finishedAt: null,
    exitCode: null,
    summary: null,
    options: { wavelength: [193] },
  });
  catalog.finishRun(id, 3, { stored: 2 });
  expect(catalog.runs(5)).toHaveLength(1);
  expect(catalog.runs(5)[0]).toMatchObject({
    exitCode: 3,
    summary: { stored: 2 },
    finishedAt: '2020-01-01T00:00:00.000Z',
  });
});

test('exports, events and tables of the cache', () => {
  const request = {
    id: 'JSOC_20240101_123',
    source: 'jsoc',
    query: 'q',
    state: 'submitted' as const,
    submittedAt: 'a',
    updatedAt: 'b',
    status: 2,
    error: null,
  };
  catalog.saveExport(request);
  catalog.saveExport({ ...request, state: 'ready', status: 0 });
  expect(catalog.exports('jsoc', ['submitted'])).toEqual([]);
  expect(catalog.exports('jsoc', ['ready'])).toEqual([{ ...request, state: 'ready', status: 0 }]);

  const eclipse = {
    source: 'timeline',
    start: '2017-03-01T07:00:00Z',
    end: '2017-03-01T08:00:00Z',
    instrument: 'SDO',
    comment: 'eclipse',
  };
  const open = { ...eclipse, start: '2017-03-02T00:00:00Z', end: null };
  catalog.recordEvents([eclipse, open]);
  catalog.recordEvents([{ ...eclipse, end: '2017-03-01T09:00:00Z' }]);
  expect(catalog.events('2017-03-01T08:30:00Z', '2017-03-01T12:00:00Z')).toEqual([
    { ...eclipse, end: '2017-03-01T09:00:00Z' },
  ]);
  expect(catalog.events('2017-03-02T00:00:00Z', '2017-03-03T00:00:00Z')).toEqual([open]);

  const table = {
    name: 'pointing',
    url: 'http://x',
    path: 'cache/p.csv',
    bytes: 1,
    sha256: 'x',
    etag: null,
    fetchedAt: 't',
  };
  catalog.recordAuxFile(table);
  expect(catalog.auxFile('pointing')).toEqual(table);
  expect(catalog.auxFile('none')).toBeUndefined();
});

test('gaps join neighbours of one reason and end at a stored frame', () => {
  catalog.expectSlots([0, 1, 2, 3, 4, 5].map((hour) => key(`2017-01-01T0${hour}:00:00Z`)));
  const frames = catalog.frames({});
  for (const index of [0, 1, 3, 4]) catalog.setState(frames[index]!.id, 'absent', 'HTTP 404');
  catalog.recordStored(frames[2]!.id, facts('2.fits'));
  catalog.setState(frames[5]!.id, 'corrupt', 'truncated');
  const gaps = catalog
    .gaps({})
    .map((gap) => [gap.state, gap.firstSlot.slice(11, 13), gap.lastSlot.slice(11, 13), gap.frames]);
  expect(gaps).toEqual([
    ['absent', '00', '01', 2],
    ['absent', '03', '04', 2],
    ['corrupt', '05', '05', 1],
  ]);
  expect(catalog.gaps({ states: ['corrupt'] })).toHaveLength(1);
});

test('counts by product, wavelength and state follow every change', () => {
  catalog.expectSlots([
    key('2017-01-01T00:00:00Z'),
    key('2017-01-02T00:00:00Z'),
    key('2017-01-01T00:00:00Z', 171),
  ]);
  const [first, second] = catalog.frames({ wavelength: 193 });
  const counts = () => catalog.countFrames().map((row) => [row.wavelength, row.state, row.frames, row.bytes]);
  expect(catalog.storedRange('synoptic', 'aia.lev1.5s', 193)).toEqual({ first: null, last: null });
  catalog.recordStored(first!.id, facts('a.fits'));
  catalog.recordStored(second!.id, facts('b.fits'));
  expect(catalog.storedRange('synoptic', 'aia.lev1.5s', 193)).toEqual({
    first: first!.slot,
    last: second!.slot,
  });
  catalog.recordStored(second!.id, { ...facts('b.fits'), bytes: 15 });
  expect(counts()).toEqual([
    [171, 'expected', 1, 0],
    [193, 'stored', 2, 25],
  ]);
  catalog.forgetFile(first!.id, 'absent', 'HTTP 404');
  catalog.setState(first!.id, 'absent', 'HTTP 410');
  expect(counts()).toEqual([
    [171, 'expected', 1, 0],
    [193, 'absent', 1, 0],
    [193, 'stored', 1, 15],
  ]);
});

test('a catalog of the first schema is brought up to date with its counts', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z'), key('2017-01-02T00:00:00Z')]);
  catalog.recordStored(catalog.frames({})[0]!.id, facts('a.fits'));
  const before = catalog.countFrames();
  catalog.close();
  const db = new Database(path);
  db.exec(
    'DROP TABLE counts; DROP TRIGGER frames_counted; DROP TRIGGER frames_uncounted; DROP TRIGGER frames_recounted',
  );
  db.exec('ALTER TABLE frames DROP COLUMN corrupt_runs');
  db.exec('DELETE FROM migrations WHERE version > 1');
  db.close();
  catalog = openCatalog(path);
  expect(catalog.countFrames()).toEqual(before);
});

test('a transaction is whole or absent, and may be nested', () => {
  expect(() =>
    catalog.transaction(() => {
      catalog.expectSlots([key('2017-01-01T00:00:00Z')]);
      catalog.transaction(() => catalog.expectSlots([key('2017-01-02T00:00:00Z')]));
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(catalog.frames({})).toEqual([]);
});

test('a newer schema is refused with a remedy, a damaged file too', async () => {
  catalog.close();
  const db = new Database(path);
  db.prepare("INSERT INTO migrations VALUES (999, 'future', 'now')").run();
  db.close();
  expect(() => openCatalog(path)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('schema 999'),
      remedy: expect.stringContaining('update'),
    }),
  );
  const damaged = join(folder, 'damaged.sqlite');
  await import('node:fs/promises').then(({ writeFile }) =>
    writeFile(damaged, 'not a database, but long enough to look like one'.repeat(50)),
  );
  expect(() => openCatalog(damaged)).toThrow(
    expect.objectContaining({ kind: 'io', where: damaged, remedy: expect.stringContaining('damaged') }),
  );
  catalog = openCatalog(join(folder, 'again.sqlite'));
});

test.each([['frames'], ['migrations']])(
  'a database of another program with a table %s is refused, and left as it is',
  (table) => {
    const foreign = join(folder, 'foreign.sqlite');
    const db = new Database(foreign);
    db.exec(`CREATE TABLE ${table} (a)`);
    db.close();
    const before = readFileSync(foreign);
    expect(() => openCatalog(foreign)).toThrow(
      expect.objectContaining({
        kind: 'data',
        where: foreign,
        message: expect.stringContaining('no catalog'),
      }),
    );
    expect(readFileSync(foreign)).toEqual(before);
  },
);

test('a catalog of the second schema is brought up to date', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z')]);
  catalog.close();
  const db = new Database(path);
  db.exec('ALTER TABLE frames DROP COLUMN corrupt_runs; DELETE FROM migrations WHERE version > 2');
  db.close();
  catalog = openCatalog(path);
  expect(catalog.frames({})).toMatchObject([{ state: 'expected', corruptRuns: 0 }]);
});

test.each([
  ['SQLITE_FULL', /make room/],
  ['SQLITE_IOERR_WRITE', /writable/],
  ['SQLITE_BUSY', /another program/],
])('%s in the middle of work is said for people', (code, remedy) => {
  const cause = Object.assign(new Error('said by SQLite'), { name: 'SqliteError', code });
  expect(explainCatalogError(cause, 'catalog.sqlite')).toMatchObject({
    kind: 'io',
    where: 'catalog.sqlite',
    remedy: expect.stringMatching(remedy),
    cause,
  });
  const bug = Object.assign(new Error('UNIQUE'), { name: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' });
  expect(explainCatalogError(bug, 'catalog.sqlite')).toBe(bug);
});

test('opening again finds everything, and migrations are applied once', () => {
  catalog.expectSlots([key('2017-01-01T00:00:00Z')]);
  catalog.close();
  catalog = openCatalog(path);
  expect(catalog.frames({})).toHaveLength(1);
});
