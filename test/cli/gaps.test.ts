import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import gaps from '../../src/cli/commands/gaps.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace(mkdtempSync(join(tmpdir(), 'sungan-gaps-')));
});

afterEach(() => rmSync(workspace.root, { recursive: true }));

const textOf = async (options: object) => {
  const context = { workspace, effects: quietEffects(), dryRun: false, jobs: undefined, json: false };
  return (await gaps.run(gaps.schema.parse(options), context)).text;
};

test('a kind of slots that nobody asked for is not said to be complete', async () => {
  expect(await textOf({})).toContain('no catalog');
  const catalog = openCatalog(workspace.catalog);
  const key = { source: 'synoptic', product: 'aia.lev1.5s', wavelength: 193 };
  catalog.expectSlots([{ ...key, slot: '2017-01-01T00:00:00Z' }]);
  const { id } = catalog.frames({})[0]!;
  expect(await textOf({ wavelength: 193 })).toMatch(/^1 slots missing in 1 gaps\n.*never asked for/);
  catalog.setState(id, 'superseded', null);
  catalog.close();
  expect(await textOf({ wavelength: 193 })).toBe('nothing is missing');
  expect(await textOf({ wavelength: 139 })).toMatch(/no slots of that kind are known/);
  expect(await textOf({ source: 'synoptc' })).toMatch(/no slots of that kind are known/);
});

test('times may be ages, as those of ingest', async () => {
  const catalog = openCatalog(workspace.catalog);
  const slot = new Date(Date.now() - 5 * 86_400_000).toISOString();
  catalog.expectSlots([{ source: 'synoptic', product: 'aia.lev1.5s', wavelength: 193, slot }]);
  catalog.close();
  expect(await textOf({ from: '6d' })).toMatch(/^1 slots missing/);
  expect(await textOf({ from: '6d', to: '5.5d' })).toBe('nothing is missing');
  await expect(textOf({ from: '6 moons' })).rejects.toMatchObject({ kind: 'usage', where: '--from' });
});

test('a range that is empty is refused, and so is no state', async () => {
  openCatalog(workspace.catalog).close();
  const reversed = textOf({ from: '2017-01-02', to: '2017-01-01' });
  await expect(reversed).rejects.toMatchObject({ kind: 'usage', where: '--to' });
  expect(() => gaps.schema.parse({ states: [] })).toThrow(/name at least one state/);
});
