import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ingest } from '../../src/ingest/index.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { frameBytes, sendFile } from './frames.ts';
import { audit, fastEffects, options, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let server: TestServer;

beforeEach(async () => {
  workspace = temporaryWorkspace();
  server = await startServer((request, response) => {
    const path = request.url!;
    const [, hour, minute, second = '00'] = /AIA20170101_(\d\d)(\d\d)(\d\d)?_0193\.fits$/.exec(path) ?? [];
    const folder = /\/nrt\/2017\/01\/01\/H(\d\d)00\/$/.exec(path);
    if (folder)
      response.end(`<title>Index of ${path}</title><a href="AIA20170101_${folder[1]}0012_0193.fits">x</a>`);
    else if (!hour) response.writeHead(404).end();
    else {
      const quality = path.startsWith('/nrt/') ? 0x40000000 : 0;
      sendFile(
        request,
        response,
        frameBytes({ time: `2017-01-01T${hour}:${minute}:${second}Z`, wavelength: 193, quality }),
      );
    }
  });
});

afterEach(async () => {
  await server.close();
  workspace.remove();
});

const day = { wavelength: [193], from: '2017-01-01', to: '2017-01-02', cadence: '6h' };

const run = (source: 'synoptic' | 'synoptic-nrt') => {
  const baseUrl = source === 'synoptic' ? server.url : `${server.url}nrt/`;
  return ingest(options({ ...day, source, baseUrl }), { workspace, effects: fastEffects(), jobs: 2 });
};

const states = (source: string) =>
  workspace.withCatalog((catalog) => catalog.frames({ source }).map(({ state, path }) => [state, path]));

test('a run that died between the definitive frame and the end of the preliminary one is completed', async () => {
  await run('synoptic-nrt');
  const preliminary = workspace.withCatalog((catalog) => catalog.frames({})[1]!);
  await run('synoptic');
  // As such a run leaves it: both stored, both files there.
  const { path, url, etag, bytes, sha256, tObs, exposureSeconds, quality, fsn, width, height, slot } =
    preliminary;
  const content = frameBytes({ time: slot.replace(':00Z', ':12Z'), quality: 0x40000000 });
  writeFileSync(join(workspace.root, path!), content);
  workspace.withCatalog((catalog) =>
    catalog.recordStored(preliminary.id, {
      path: path!,
      url: url!,
      etag: etag!,
      bytes: bytes!,
      sha256: sha256!,
      tObs: tObs!,
      exposureSeconds: exposureSeconds!,
      quality: quality!,
      fsn: fsn!,
      width: width!,
      height: height!,
      header: {},
    }),
  );
  expect(await run('synoptic')).toMatchObject({ already: 4, stored: 0 });
  expect(states('synoptic-nrt')).toEqual(Array.from({ length: 4 }, () => ['superseded', null]));
  expect(existsSync(join(workspace.root, path!))).toBe(false);
  expect(audit(workspace)).toEqual([]);
});

test('preliminary frames are not asked for where the definitive ones are stored', async () => {
  await run('synoptic');
  const asked = server.requests.length;
  expect(await run('synoptic-nrt')).toMatchObject({ planned: 4, skipped: 4, stored: 0 });
  expect(server.requests).toHaveLength(asked);
  expect(states('synoptic-nrt')).toEqual(Array.from({ length: 4 }, () => ['superseded', null]));
  expect(audit(workspace)).toEqual([]);
});
