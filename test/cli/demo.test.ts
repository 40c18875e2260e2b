import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import demo from '../../src/cli/commands/demo.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace(mkdtempSync(join(tmpdir(), 'sungan-demo-')));
});

afterEach(() => rmSync(workspace.root, { recursive: true }));

const run = (options: object, dryRun: boolean) =>
  demo.run(demo.schema.parse(options), {
    workspace,
    effects: quietEffects(),
    dryRun,
    jobs: undefined,
    json: false,
  });

test('a rehearsal names the range, and refuses what the run would refuse', async () => {
  expect((await run({ days: 3 }, true)).text).toContain('2014-03-01T00:00:00Z to 2014-03-04T00:00:00Z');
  await expect(run({ from: 'nosuch' }, true)).rejects.toMatchObject({ kind: 'usage', where: '--from' });
  await expect(run({ cadence: 'often' }, true)).rejects.toMatchObject({ where: '--cadence' });
  expect(existsSync(join(workspace.root, 'demo'))).toBe(false);
});

test('wrong options remove no earlier demonstration', async () => {
  const kept = join(workspace.root, 'demo', 'demo.json');
  mkdirSync(join(workspace.root, 'demo'));
  writeFileSync(kept, '{}');
  await expect(run({ fresh: true, cadence: 'often' }, false)).rejects.toMatchObject({ kind: 'usage' });
  expect(existsSync(kept)).toBe(true);
});
