import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult } from '../../src/cli/command.ts';
import generate from '../../src/cli/commands/generate.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { createLogger } from '../../src/core/log.ts';
import { parseOptions } from '../../src/core/options.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { ganspace, ganspaceOptions } from '../../src/eval/index.ts';
import { trainTinyRun } from '../eval/tiny-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const workspace = openWorkspace(join(folder, 'data'));

let run: string;
/** Of the run, oldest first. */
let newest: string;
const recordPath = () => join(run, 'ganspace.json');
const changeRecord = (changes: object) =>
  writeFileSync(
    recordPath(),
    JSON.stringify({ ...JSON.parse(readFileSync(recordPath(), 'utf8')), ...changes }),
  );

beforeAll(async () => {
  run = await trainTinyRun(workspace);
  newest = readdirSync(join(run, 'checkpoints')).sort().at(-1)!;
});

/** `ganspace` looks at a checkpoint that is not the newest any more. */
beforeEach(async () => {
  copyFileSync(join(run, 'checkpoints', newest), join(run, 'checkpoints', '00000001.safetensors'));
  await ganspace(
    ganspaceOptions.parse({
      run,
      checkpoint: '00000001',
      components: 2,
      styles: 64,
      seed: 5,
      pictures: 16,
      moved: 2,
    }),
    { workspace, effects: quietEffects() },
  );
});

async function generated(options: object, dryRun = false): Promise<CommandResult & { messages: string }> {
  let messages = '';
  const log = createLogger('info', (line) => {
    messages += line;
  });
  const context = { workspace, effects: quietEffects({ log }), dryRun, jobs: undefined, json: false };
  const given = { run: '1', count: 1, out: join(folder, 'pictures'), ...options };
  const result = await generate.run(parseOptions(generate.schema, given, 'test'), context);
  return { ...result, messages };
}

describe('sungan generate --component', () => {
  it('takes checkpoint, styles and seed from what ganspace named', async () => {
    const { text, messages } = await generated({ component: ['1=+2', '2=-1'] });
    expect(text).toContain('00000001.safetensors, components 1=+2, 2=-1 (64 styles, seed 5)');
    expect(messages).toBe('');
    const plan = await generated({ component: ['1=+2'] }, true);
    expect(plan.text).toContain('00000001.safetensors');
  });

  it('says when another checkpoint is asked for', async () => {
    changeRecord({ checkpointSha256: 'of another' });
    const { text, messages } = await generated({ component: ['1=+2'], checkpoint: newest });
    expect(text).toContain(newest);
    expect(messages).toMatch(/warn: .*named the components of checkpoints\/00000001\.safetensors/);
    expect(messages).toContain('may mean something else');
  });

  it('refuses when the checkpoint of the components is gone', async () => {
    rmSync(join(run, 'checkpoints', '00000001.safetensors'));
    await expect(generated({ component: ['1=+2'] })).rejects.toThrow('is gone');
  });

  it('refuses components that ganspace did not name', async () => {
    await expect(generated({ component: ['3=1'] })).rejects.toThrow('named 2 components, not 3');
  });

  it('refuses a record without settings', async () => {
    changeRecord({ settings: {} });
    await expect(generated({ component: ['1=1'] })).rejects.toThrow('not a record of components');
  });

  it('finds components anew where nobody has looked', async () => {
    rmSync(recordPath());
    const { text } = await generated({ component: ['1=+2'] });
    expect(text).toContain(`${newest}, components 1=+2 (10000 styles, seed 1)`);
    await expect(generated({ component: ['999=1'] })).rejects.toThrow('components');
  });

  it('refuses steps for a model, which would not hold them', async () => {
    const model = join(folder, 'generator.onnx');
    await expect(generated({ component: ['1=+2'], model })).rejects.toThrow('no steps along components');
  });
});

it('sungan generate without components opens the newest checkpoint', async () => {
  const { text } = await generated({});
  expect(text).toContain(newest);
  expect(text).not.toContain('components');
});
