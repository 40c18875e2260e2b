/** The shell of the built program: help, usage errors, configuration, exit codes, signals. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { PROGRAM, runCommandLine, runProgram } from '../support/program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sungan-shell-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sungan = (...args: string[]) => runProgram(args, { cwd: folder });

describe('help', () => {
  it('lists every command', async () => {
    const { code, stdout } = await sungan('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(stdout).toContain(`  ${name} `);
  });

  it.each(Object.keys(COMMANDS))('of %s shows options with defaults and examples', async (name) => {
    const { code, stdout } = await sungan(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--workspace <dir>');
    expect(stdout).toMatch(/Examples:\n {2}sungan /);
  });

  it('is printed, with exit code 2, when nothing is asked', async () => {
    const { code, stderr } = await sungan();
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: sungan');
  });
});

describe('wrong usage exits with 2', () => {
  it.each([
    [['curat'], /unknown command 'curat', did you mean 'curate'\?/],
    [['doctor', '--threads', '1000000'], /--threads: must be at most 1024/],
    [['constructor'], /unknown command 'constructor'/],
    [
      ['--workspace', 'w', 'status'],
      /'--workspace' stands where the command belongs[\s\S]*follow the command/,
    ],
    [['--', 'status'], /'--' stands where the command belongs/],
    [['curate', '--wavlength', '193'], /--wavlength[\s\S]*--wavelength/],
    [['curate', '--wavelength', 'green'], /--wavelength/],
    [['ingest', '--wavelength', '193', '--from', 'soon'], /'soon'/],
    [['ingest', '--wavelength', '195', '--from', '2014-01-01'], /not an AIA channel/],
    [['status', '--jobs', 'many'], /--jobs: 'many' is not a positive whole number/],
    [['status', 'extra'], /too many arguments/],
    [['inspect'], /<files> is missing/],
  ])('%j', async (args, message) => {
    const { code, stderr, stdout } = await sungan(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('configuration file', () => {
  const plan = async (config: string, ...args: string[]) => {
    const path = join(folder, 'config.yaml');
    await writeFile(path, config);
    return sungan(
      'ingest',
      '--dry-run',
      '--json',
      '--workspace',
      join(folder, 'w'),
      '--config',
      path,
      ...args,
    );
  };

  it('gives options, and flags win', async () => {
    const config = 'ingest: { wavelength: [171, 193], from: 2014-01-01, to: 2014-01-02, cadence: 6h }';
    expect(JSON.parse((await plan(config)).stdout)).toMatchObject({ slots: 8 });
    expect(JSON.parse((await plan(config, '--wavelength', '193')).stdout)).toMatchObject({ slots: 4 });
  });

  it('is blamed by name for what is wrong in it', async () => {
    const { code, stderr } = await plan('ingest: { cadense: 6h }');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /config\.yaml, section ingest: unknown option 'cadense', did you mean 'cadence'\?/,
    );
    const lines = 'workspace: w\ningest:\n  wavelength: [193]\n  retries: many\n  search: 5\n';
    expect((await plan(lines)).stderr).toMatch(
      /section ingest: search \(line 5\): must be text; retries \(line 4\): must be a number\n/,
    );
    expect((await plan('ingets: {}')).stderr).toMatch(
      /config\.yaml: unknown option 'ingets', did you mean 'ingest'\?/,
    );
  });
});

describe('configuration file of another kind', () => {
  const plan = async (config: string) => {
    const path = join(folder, 'odd.yaml');
    await writeFile(path, config);
    return sungan('ingest', '--dry-run', '--json', '--workspace', join(folder, 'w'), '--config', path);
  };

  it.each([
    ['ingest: {}\n---\ningest: {}', /odd\.yaml: there are several documents in it\n/],
    ['just text', /odd\.yaml: it holds no options by name\n/],
    ['- ingest', /odd\.yaml: it holds no options by name\n/],
    ['ingest: !tag {}', /odd\.yaml: Unresolved tag: !tag at line 1/],
    ['ingest: []', /odd\.yaml: ingest \(line 1\): must be options by name\n/],
    ['jobs: 2\nworkspace: ""', /odd\.yaml: workspace \(line 2\): must not be empty\n/],
  ])('%j is refused in words', async (config, message) => {
    const { code, stderr } = await plan(config);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\(node:|YAML\.parse/);
    expect(code).toBe(2);
  });

  it('may have an empty section, and one value for a list', async () => {
    expect((await plan('curate:\ningest:\n  # nothing yet')).stderr).toMatch(/--wavelength: which channels/);
    const config = 'ingest: { wavelength: 193, from: 2014-01-01, to: 2014-01-02, cadence: 6h }';
    expect(JSON.parse((await plan(config)).stdout)).toMatchObject({ slots: 4 });
  });
});

describe('what is empty', () => {
  it.each(['--workspace', '--config'])('is no %s: the variable behind it was not set', async (flag) => {
    const { code, stderr } = await sungan('status', flag, '');
    expect(stderr).toContain(`${flag}: the name of the`);
    expect(code).toBe(2);
  });

  it('in the environment counts as not set', async () => {
    await writeFile(join(folder, 'sungan.yaml'), 'workspace: from-file');
    const env = { SUNGAN_WORKSPACE: '', SUNGAN_CONFIG: '' };
    const { stdout } = await runProgram(['status'], { cwd: folder, env });
    await rm(join(folder, 'sungan.yaml'));
    expect(stdout).toContain(join(folder, 'from-file'));
  });
});

describe('signals', () => {
  it('end a server with exit code 0 or 130, cleanly', async () => {
    const { code, stderr } = await runProgram(['simulate', '--serve', '0', '--size', '64'], {
      cwd: folder,
      onStart: (child) => void child.stderr?.once('data', () => setTimeout(() => child.kill('SIGTERM'), 300)),
    });
    expect([0, 130], stderr).toContain(code);
  });

  it('of a closed terminal is a clean stop', async () => {
    const { code, stderr } = await runProgram(['simulate', '--serve', '0', '--size', '64'], {
      cwd: folder,
      onStart: (child) => void child.stderr?.once('data', () => setTimeout(() => child.kill('SIGHUP'), 300)),
    });
    expect([0, 130], stderr).toContain(code);
  });
});

describe('readers that leave', () => {
  const shell = (line: string) => runCommandLine('bash', ['-c', line, PROGRAM], { cwd: folder });

  it('of standard error end no work', async () => {
    const simulate = 'simulate --wavelength 193 --from 2014-01-01 --to 2014-01-02 --cadence 6h --size 64';
    const { code } = await shell(
      `set -o pipefail; node "$0" ${simulate} --out left 2> >(exec 0<&-) | grep -q 'frames written'`,
    );
    expect(code).toBe(0);
  });

  it('of standard output do not change the exit code', async () => {
    await writeFile(join(folder, 'broken.fits'), 'x');
    const { stdout } = await shell(`node "$0" inspect --json broken.fits | true; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toBe('1\n');
  });

  it('a result that cannot be written is a failure, in words', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full here');
    const { code, stderr } = await shell('exec node "$0" status > /dev/full');
    expect(stderr).toMatch(/^sungan: cannot write the result: ENOSPC.*\n$/);
    expect(code).toBe(1);
  });
});
