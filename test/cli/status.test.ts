import { mkdtempSync, rmSync } from 'node:fs';
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

test('what was replaced is not missing, and a run that failed says of what', async () => {
  const catalog = openCatalog(workspace.catalog);
  const key = { source: 'synoptic-nrt', product: 'aia.lev1.5s_nrt', wavelength: 193 };
  catalog.expectSlots([
    { ...key, slot: '2017-01-01T00:00:00Z' },
    { ...key, slot: '2017-01-01T01:00:00Z' },
  ]);
  for (const { id } of catalog.frames({})) catalog.forgetFile(id, 'superseded', null);
  const run = catalog.startRun({ command: 'ingest', options: {}, version: '1' });
  catalog.finishRun(run, 1, { error: 'data/raw: no space left\n  -> make room' });
  catalog.close();
  const context = { workspace, effects: quietEffects(), dryRun: false, jobs: undefined, json: false };
  const { text } = await status.run(status.schema.parse({}), context);
  expect(text).toMatch(/synoptic-nrt .* 0 .* nothing$/m);
  expect(text).toMatch(/^run 1 .* exit 1: data\/raw: no space left$/m);
});
