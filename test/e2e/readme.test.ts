/** The README's commands, as written, against a local synthetic archive. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startArchive } from '../../src/simulate/index.ts';
import { PROGRAM, runCommandLine } from '../support/program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** `npm test` cannot run itself, and runs the demonstration's road in road.test.ts; CI runs both commands whole. */
const TWO_COMMANDS = ['npm run demo', 'npm test'];

const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) =>
  match[1].trim().split('\n'),
);

let folder: string;
let archive: Awaited<ReturnType<typeof startArchive>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-readme-'));
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'my-fits'));
  await mkdir(join(folder, 'browse'));
  await sharp(quickLook(64), { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toFile(join(folder, 'browse', '20170110_235529_0193.png'));
  await symlink(PROGRAM, join(folder, 'bin', 'sungan'));
  archive = await startArchive({
    seed: 1,
    from: '2017-01-01',
    to: '2017-01-05',
    cadence: '6h',
    wavelengths: [193],
    size: 64,
    faults: 0,
    absent: 0,
  });
  // The commands stay as written; the configuration file sends them to the local archive.
  await writeFile(join(folder, 'sungan.yaml'), `ingest: { baseUrl: "${archive.synopticUrl}" }\n`);
});
afterAll(async () => {
  await archive?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A disk in the colours of AIA's quick-look pictures of 193 angstrom. */
function quickLook(side: number): Buffer {
  const rgb = Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - side / 2, Math.floor(i / side) - side / 2];
    const gray = Math.hypot(x, y) < 0.4 * side ? 128 : 20;
    return [Math.sqrt(255 * gray), gray, gray ** 2 / 255].map(Math.round);
  });
  return Buffer.from(rgb.flat());
}

function run(command: string) {
  const cwd = command.startsWith('npm ') ? ROOT : folder;
  return runCommandLine('/bin/sh', ['-c', command], {
    cwd,
    env: {
      PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
      SUNGAN_WORKSPACE: join(folder, 'data'),
      SUNGAN_CONFIG: join(folder, 'sungan.yaml'),
    },
  });
}

describe('README', () => {
  it('begins with the two commands', () => {
    expect(commands.slice(0, 2)).toEqual(TWO_COMMANDS);
  });

  it.each(commands.filter((command) => !TWO_COMMANDS.includes(command)))('%s', async (command) => {
    const { code, stderr } = await run(command);
    expect(code, stderr).toBe(0);
  });
});
