/** Carrying out a plan: what waits for a commit stays bounded. */
import { expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { channelOf } from '../../src/curate/channels.ts';
import { Histories } from '../../src/curate/histories.ts';
import { Neighbours } from '../../src/curate/neighbours.ts';
import { curateOptions } from '../../src/curate/options.ts';
import { processSamples } from '../../src/curate/process.ts';
import { manifestOf } from '../../src/curate/recipe.ts';
import { temporaryWorkspace } from './support.ts';

test('where all frames are rejected, words are recorded as they come', async () => {
  const { workspace, remove } = temporaryWorkspace();
  const manifest = manifestOf({
    options: curateOptions.parse({ size: 16 }),
    blockList: { intervals: [], sha256: null },
    responseSha256: null,
    frames: [[]],
    made: undefined,
  });
  const samples = Array.from({ length: 5000 }, (_, id) => {
    const frame = { id, slot: '2017-01-01T00:00:00Z' } as never;
    const scores = () => [{ rule: 'quality', score: 1, threshold: 0, passed: false, note: null }];
    const member = {
      channel: channelOf('193'),
      frame,
      timeMs: 0,
      scores,
      accepted: false,
      headerLevel: undefined,
      activity: null,
    };
    return { choices: [{ members: [member], companionFaults: [], accepted: false }] };
  });
  const recorded: number[] = [];
  const { tally } = await processSamples(
    {
      manifest,
      samples,
      judgedBefore: 0,
      accepted: new Set(),
      held: new Set(),
      dated: [],
      splits: new Map(),
      tables: { pointing: undefined, response: undefined },
    },
    { manifest, coordinates: [] },
    {
      directory: workspace.datasets,
      workspace,
      effects: quietEffects(),
      jobs: 1,
      encode: () => Promise.reject(new Error('nothing is to be read')),
      record: (verdicts) => void recorded.push(verdicts.length),
      held: new Set(),
      histories: new Histories(new Map()),
      neighbours: new Neighbours(workspace.datasets, manifest, []),
    },
  );
  remove();
  expect(tally.considered).toBe(5000);
  expect(recorded.length).toBeGreaterThan(1);
  expect(Math.max(...recorded)).toBeLessThanOrEqual(2048);
});
