import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import { PROGRAM, runProgram } from '../support/program.ts';
import { faultyAnswer, isAbsent } from './faulty-archive.ts';
import { type SynopticArchive, startSynoptic } from './frames.ts';
import { audit, type TestWorkspace, temporaryWorkspace } from './workspace.ts';

/** SUNGAN_KILLS=100 for the long form, whose figures are in the notes. */
const KILLS = Number(process.env['SUNGAN_KILLS'] ?? 4);
const SEED = 20170101;
const FAULT_RATE = KILLS > 10 ? 0.05 : 0.02;

let workspace: TestWorkspace;
let archive: SynopticArchive;

beforeEach(async () => {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build, or npm test');
  workspace = temporaryWorkspace();
});

afterEach(async () => {
  await archive.close();
  workspace.remove();
});

test(
  `an archive on a bad day, and ${KILLS} kills at random moments: in the end all is there, or has its reason`,
  async () => {
    const counts: Record<string, number> = {};
    archive = await startSynoptic(faultyAnswer(SEED, FAULT_RATE, counts));
    const days = Math.max(3, Math.ceil(KILLS / 5));
    const to = new Date(Date.UTC(2017, 0, 1 + days)).toISOString();
    const args = [
      'ingest',
      '--wavelength',
      '171,193',
      '--from',
      '2017-01-01',
      '--to',
      to,
      '--cadence',
      '3h',
      '--quiet',
    ];
    args.push(
      '--base-url',
      archive.url,
      '--workspace',
      workspace.root,
      '--retries',
      '0',
      '--timeout',
      '1s',
      '--max-tries',
      '50',
    );
    const random = createRandom(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      await runProgram(args, {
        onStart: (child) => setTimeout(() => child.kill('SIGKILL'), 100 + random.uniform() * 900),
      });
    }
    let code: number | null = null;
    for (let run = 0; run < 30 && code !== 0; run++) {
      const result = await runProgram(args);
      expect([0, 3], result.stderr).toContain(result.code);
      code = result.code;
    }
    expect(code).toBe(0);
    expect(audit(workspace)).toEqual([]);
    expect(Object.keys(counts).length).toBeGreaterThan(4);
    workspace.withCatalog((catalog) => {
      const frames = catalog.frames({});
      expect(frames).toHaveLength(days * 8 * 2);
      for (const { slot, wavelength, state, path, reason } of frames) {
        const url = `/${slot.slice(0, 10).replaceAll('-', '/')}/H${slot.slice(11, 13)}00/AIA${slot.slice(0, 16).replaceAll('-', '').replace('T', '_').replace(':', '')}_${String(wavelength).padStart(4, '0')}.fits`;
        if (isAbsent(url, SEED, FAULT_RATE))
          expect([slot, state, reason]).toEqual([slot, 'absent', 'HTTP 404']);
        else {
          expect([slot, state]).toEqual([slot, 'stored']);
          expect(readFileSync(join(workspace.root, path!)).equals(archive.bytesOf(url)!)).toBe(true);
        }
      }
    });
  },
  120_000 + KILLS * 10_000,
);
