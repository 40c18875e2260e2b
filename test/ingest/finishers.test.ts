/** A thread that dies takes nobody with it: what it had in hand fails, and it is asked no more. */
import { expect, test } from 'vitest';
import type { FinishTask } from '../../src/ingest/finish-file.ts';
import { startThread } from '../../src/ingest/finishers.ts';

const task = (): FinishTask => ({
  path: '/nowhere/a.fits',
  partPath: '/nowhere/.a.fits.part',
  held: new Uint8Array(8),
  writtenBytes: 0,
  expected: {
    key: { slot: '2017-01-01T00:00:00Z', wavelength: 193 },
    fileName: 'a.fits',
    time: '2017-01-01T00:00:00Z',
    toleranceMs: 0,
    bytes: undefined,
    header: undefined,
    takesFlagged: true,
  },
});

const program = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${body}`)}`,
  );

test.each([
  ["parentPort.on('message', () => { throw new Error('broken'); });", /broken/],
  ["parentPort.on('message', () => process.exit(3));", /ended with 3/],
])('a thread that ends by %j', async (body, reason) => {
  const thread = startThread(program(body));
  await expect(Promise.all([thread.finish(task()), thread.finish(task())])).rejects.toThrow(reason);
  expect(thread.isLiving()).toBe(false);
  expect(thread.waiting()).toBe(0);
  await thread.close();
});
