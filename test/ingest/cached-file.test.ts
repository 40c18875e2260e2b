import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Catalog, openCatalog } from '../../src/catalog/index.ts';
import { type CachedFileRequest, getCachedFile } from '../../src/ingest/http/cached-file.ts';
import type { Engine } from '../../src/ingest/http/engine.ts';
import { problem } from '../../src/ingest/http/problem.ts';
import { type TestWorkspace, temporaryWorkspace } from './workspace.ts';

const DAY_MS = 86_400_000;

let workspace: TestWorkspace;
let catalog: Catalog;
let asked: string[];

beforeEach(() => {
  workspace = temporaryWorkspace();
  catalog = openCatalog(workspace.catalog);
  asked = [];
});

afterEach(() => {
  catalog.close();
  workspace.remove();
});

/** Content by address; 404 for any other. */
function engineOf(contents: Record<string, string>): Engine {
  return {
    async getBytes([url]: readonly string[]) {
      asked.push(url!);
      const text = contents[url!];
      return text === undefined
        ? { ok: false, problem: problem('absent', 'HTTP 404') }
        : { ok: true, bytes: Buffer.from(text), url: url!, validator: null };
    },
  } as unknown as Engine;
}

function get(contents: Record<string, string>, extra: Partial<CachedFileRequest> = {}, day = 1) {
  const request = {
    name: 'tables/a.csv',
    urls: ['http://a/', 'http://b/'],
    maxAgeMs: DAY_MS,
    maxBytes: 1000,
    check: (text: string) => (text.startsWith('good') ? undefined : 'not good'),
    ...extra,
  };
  const now = new Date(Date.UTC(2020, 0, day));
  return getCachedFile(request, { catalog, workspace, engine: engineOf(contents), now });
}

test.each([
  ['is gone', {}],
  ['answers with a maintenance page', { 'http://a/': '<html>' }],
])('the second place of a table is asked where the first %s', async (_, first) => {
  expect(await get({ ...first, 'http://b/': 'good' })).toMatchObject({
    ok: true,
    text: 'good',
    isFresh: true,
  });
  expect(asked).toEqual(['http://a/', 'http://b/']);
});

test('the first trouble is told when no place has it', async () => {
  expect(await get({ 'http://a/': '<html>' })).toMatchObject({
    ok: false,
    problem: { reason: 'wrong content: not good' },
  });
});

test('a copy that was made when the clock ran ahead is not kept for years', async () => {
  await get({ 'http://a/': 'good old' }, {}, 1000);
  expect(await get({ 'http://a/': 'good new' })).toMatchObject({ text: 'good new', isFresh: true });
  expect(await get({ 'http://a/': 'good newer' })).toMatchObject({ text: 'good new', isFresh: true });
});
