/** A run that was stopped and run again comes to the words and the bytes of one that was left alone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import type { Workspace } from '../../src/core/workspace.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

let workspace: Workspace;
let remove: () => void;
beforeEach(() => {
  ({ workspace, remove } = temporaryWorkspace());
});
afterEach(() => remove());

/** Stopped after so many frames. */
function stoppedAfter(frames: number) {
  const stop = new AbortController();
  let seen = 0;
  return quietEffects({
    signal: stop.signal,
    progress: () => ({
      advance() {
        if (++seen === frames) stop.abort();
      },
      done() {},
    }),
  });
}

const wordsOf = (name: string) => {
  const catalog = openCatalog(workspace.catalog);
  const words = [...catalog.verdicts(name)].map(({ dataset: _, ...verdict }) => verdict);
  catalog.close();
  return words;
};

test('stopped in the midst of bad frames and of one exposure in two slots', async () => {
  for (let i = 0; i < 24; i++) {
    const slot = new Date(Date.UTC(2017, 0, 1, 6 * i)).toISOString().replace('.000Z', 'Z');
    const header = { DATAMEDN: 30 + 7 * (i % 4), T_OBS: slot, FSN: 700 + i };
    addFrame(workspace, { slot, size: 32, header, brightness: i % 5 === 1 ? 0.02 : 1 });
    // Its exposure again, farther from its slot: the dark one stands for it whatever becomes of it.
    if (i === 11) addFrame(workspace, { slot: slot.replace('00:00Z', '01:00Z'), size: 32, header });
  }
  const effects = quietEffects();
  const one = await curate(curateOptions.parse({ name: 'one' }), { workspace, effects });
  const options = curateOptions.parse({ name: 'stopped' });
  for (const frames of [4, 8])
    await expect(curate(options, { workspace, effects: stoppedAfter(frames) })).rejects.toThrow('stopped');
  const stopped = await curate(options, { workspace, effects });
  expect(stopped.count).toBe(one.count);
  expect(wordsOf('stopped')).toEqual(wordsOf('one'));
  const files = async (directory: string) => (await openDataset(directory)).manifest.files;
  expect(await files(stopped.directory)).toEqual(await files(one.directory));
});
