import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import status from '../../src/cli/commands/status.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace(mkdtempSync(join(tmpdir(), 'sungan-status-')));
});

afterEach(() => rmSync(workspace.root, { recursive: true }));

const run = () =>
  status.run(status.schema.parse({}), {
    workspace,
    effects: quietEffects(),
    dryRun: false,
    jobs: undefined,
    json: false,
  });

test('data sets and trained runs are listed, with a catalog or without', async () => {
  expect((await run()).data).toBeNull();
  for (const name of ['browse-193', 'aia-193', '.building'])
    mkdirSync(join(workspace.datasets, name), { recursive: true });
  writeFileSync(join(workspace.datasets, '.aia-193.lock'), '');
  mkdirSync(join(workspace.runs, '0001-demo'), { recursive: true });
  const made = 'datasets: aia-193, browse-193\ntrained runs: 0001-demo';
  const without = await run();
  expect(without.text).toMatch(/^no catalog in/);
  expect(without.text).toContain(made);
  openCatalog(workspace.catalog).close();
  const { text, data } = await run();
  expect(text).toBe(`no slots yet\n\n${made}`);
  expect(data).toMatchObject({ datasets: ['aia-193', 'browse-193'], trainings: ['0001-demo'], channels: [] });
});

test('what was replaced is not missing, and a run that failed says of what', async () => {
  const catalog = openCatalog(workspace.catalog);
  const key = { source: 'synoptic-nrt', product: 'aia.lev1.5s_nrt', wavelength: 193 };
  catalog.expectSlots([
    { ...key, slot: '2017-01-01T00:00:00Z' },
    { ...key, slot: '2017-01-01T01:00:00Z' },
  ]);
  for (const { id } of catalog.frames({})) catalog.forgetFile(id, 'superseded', null);
  const id = catalog.startRun({ command: 'ingest', options: {}, version: '1' });
  catalog.finishRun(id, 1, { error: 'data/raw: no space left\n  -> make room' });
  catalog.close();
  const { text } = await run();
  expect(text).toMatch(/synoptic-nrt .* 0 .* nothing$/m);
  expect(text).toMatch(/^run 1 .* exit 1: data\/raw: no space left$/m);
});
