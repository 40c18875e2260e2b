import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, verifyDatasets } from '../../src/curate/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

test('a turned bit and a lost file of a dataset are found by name', async () => {
  expect(await verifyDatasets(workspace, quietEffects())).toEqual([]);
  for (let hour = 0; hour < 4; hour++) addFrame(workspace, { slot: `2017-01-01T0${hour}:00:00Z` });
  const { directory } = await curate(curateOptions.parse({}), { workspace, effects: quietEffects() });
  const [sound] = await verifyDatasets(workspace, quietEffects());
  expect(sound).toMatchObject({ name: 'aia-193', faulty: [] });
  expect(sound!.files).toBeGreaterThan(5);

  const shard = join(directory, '32', 'c', '0', '0', '0');
  const bytes = readFileSync(shard);
  bytes[10]! ^= 1;
  writeFileSync(shard, bytes);
  rmSync(join(directory, 'time', 'c', '0'));
  const [spoiled] = await verifyDatasets(workspace, quietEffects());
  expect(spoiled!.faulty).toEqual([
    { path: '32/c/0/0/0', detail: expect.stringMatching(/^SHA-256 .* instead of/) },
    { path: 'time/c/0', detail: expect.stringContaining('ENOENT') },
  ]);

  writeFileSync(join(directory, 'manifest.json'), '{');
  mkdirSync(join(workspace.datasets, 'no-dataset'));
  expect(await verifyDatasets(workspace, quietEffects())).toEqual([
    {
      name: 'aia-193',
      files: 0,
      bytes: 0,
      faulty: [{ path: 'manifest.json', detail: expect.stringContaining('not JSON') }],
    },
  ]);
});
