import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { activityBin } from '../../src/curate/balance.ts';
import { meanFlux, parseF107 } from '../../src/curate/calibrate/f107.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { addFrame, temporaryWorkspace } from './support.ts';

const DAY_MS = 86_400_000;

/** Lines as GFZ writes them: 28 columns, the observed flux in the 26th. */
function table(from: string, days: number, flux: (day: number) => number): string {
  const lines = Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.parse(from) + day * DAY_MS);
    const start = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    return [...start, ...Array(22).fill(0), flux(day).toFixed(1), 0, 1].join(' ');
  });
  return `# F10.7obs in column 26\n${lines.join('\n')}\n`;
}

test('the flux is a mean over 81 days, without missing days', () => {
  const flux = parseF107(
    table('2014-01-01', 200, (day) => (day % 10 === 0 ? -1 : 100 + day)),
    'test',
  );
  const time = Date.parse('2014-04-11T12:00:00Z');
  expect(meanFlux(flux, time)).toBeCloseTo(200, 0);
  expect(activityBin(flux, time)).toBe(2);
  expect(activityBin(flux, Date.parse('2016-01-01'))).toBeUndefined();
  expect(() => parseF107('# nothing\n', 'empty.txt')).toThrow('no day');
});

test('at most so many frames of each level of activity, and no more when asked again', async () => {
  const { workspace, remove } = temporaryWorkspace();
  try {
    const path = join(workspace.root, 'f107.txt');
    // Quiet in January, active from May on.
    writeFileSync(
      path,
      table('2013-10-01', 400, (day) => (day < 160 ? 70 : 150)),
    );
    for (const month of ['01', '05', '06']) {
      for (let day = 1; day <= 6; day++)
        addFrame(workspace, { slot: `2014-${month}-0${day}T00:00:00Z`, size: 16 });
    }
    addFrame(workspace, { slot: '2014-01-20T00:00:00Z', size: 16, header: { QUALITY: 0x2000 } });
    const options = curateOptions.parse({ balance: 'f107', balanceCap: 4, fluxTable: path });
    const run = () => curate(options, { workspace, effects: quietEffects() });
    const summary = await run();
    expect(summary).toMatchObject({ accepted: 8, rejected: 1, count: 8 });
    const { frames } = await openDataset(summary.directory);
    expect(frames.filter(({ time }) => time.startsWith('2014-01')).length).toBe(4);
    expect(await run()).toMatchObject({ considered: 0, count: 8 });
    addFrame(workspace, { slot: '2014-05-20T00:00:00Z', size: 16 });
    expect(await run()).toMatchObject({ considered: 0, count: 8 });
  } finally {
    remove();
  }
});

test('what was drawn and rejected is not drawn for again', async () => {
  const { workspace, remove } = temporaryWorkspace();
  try {
    const path = join(workspace.root, 'f107.txt');
    writeFileSync(
      path,
      table('2013-10-01', 400, () => 150),
    );
    for (let day = 1; day <= 9; day++)
      addFrame(workspace, {
        slot: `2014-01-0${day}T00:00:00Z`,
        size: 16,
        brightness: day % 2 === 0 ? 0.001 : 1,
      });
    const options = curateOptions.parse({ balance: 'f107', balanceCap: 6, fluxTable: path });
    const run = () => curate(options, { workspace, effects: quietEffects() });
    const first = await run();
    expect(first.considered).toBe(6);
    expect(first.rejected).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ considered: 0, count: first.count, changed: false });
  } finally {
    remove();
  }
});
