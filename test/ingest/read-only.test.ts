/** A workspace that cannot be written: looking and planning work, a run says why it cannot, and nothing changes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readGaps, readStatus } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { ingest, planIngest } from '../../src/ingest/index.ts';
import { makeReadOnly, type ReadOnlyFolder } from '../support/read-only.ts';
import { options, temporaryWorkspace } from './workspace.ts';

const temporary = temporaryWorkspace();
const request = options({ wavelength: [193], from: '2017-01-01', to: '2017-01-02', cadence: '6h' });
const context = { workspace: openWorkspace(temporary.root), effects: quietEffects() };
let locked: ReadOnlyFolder;

beforeAll(() => {
  temporary.withCatalog((catalog) => {
    const slots = ['2017-01-01T00:00:00Z', '2017-01-01T06:00:00Z'];
    catalog.expectSlots(
      slots.map((slot) => ({ source: 'synoptic', product: 'aia.lev1.5s', wavelength: 193, slot })),
    );
  });
  locked = makeReadOnly(temporary.root);
});

afterAll(() => {
  locked.undo();
  temporary.remove();
});

test('can be looked at and planned for, and a run says why it cannot write', async ({ skip }) => {
  if (locked.reason) skip(locked.reason);
  const before = readdirSync(temporary.root);
  expect(readStatus(context.workspace, 1)?.channels).toMatchObject([{ missing: { expected: 2 } }]);
  expect(readGaps(context.workspace, {})).toMatchObject([{ frames: 2, state: 'expected' }]);
  expect(await planIngest(request, context)).toMatchObject({ slots: 4, toAsk: 4 });
  await expect(ingest(request, context)).rejects.toMatchObject({
    kind: 'io',
    message: expect.stringContaining('cannot take the lock'),
  });
  expect(readdirSync(temporary.root)).toEqual(before);
});

test.each([
  [{ wavelength: [] }, '--wavelength'],
  [{ from: undefined }, '--from'],
  [{ timeout: 'soon' }, '--timeout'],
  [{ baseUrl: 'ftp://x/' }, '--base-url'],
  [{ source: 'files', path: undefined }, '--path'],
  [{ source: 'files', path: '/no/such/folder' }, '/no/such/folder'],
])('wrong usage leaves no catalog and no lock: %j', async (wrong, where) => {
  const empty = temporaryWorkspace();
  const workspace = openWorkspace(join(empty.root, 'data'));
  await expect(
    ingest(options({ ...request, ...wrong }), { workspace, effects: quietEffects() }),
  ).rejects.toMatchObject({ where });
  expect(existsSync(workspace.root)).toBe(false);
  empty.remove();
});
