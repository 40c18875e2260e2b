// Everything between a fresh clone and a working program: install, native add-on, build. Idempotent, and quick when
// nothing has changed: each step leaves a stamp with the hash of what it depends on. Uses Node's own modules only,
// because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What each step leaves when it has ended, inside what it makes: without the one there is no word of the other. */
const stamps = {
  install: join(root, 'node_modules', '.sungan', 'install.stamp'),
  build: join(root, 'dist', '.stamp'),
};
const quiet = process.argv.includes('--quiet');

const say = (text) => quiet || process.stderr.write(`setup: ${text}\n`);

function fail(step, output, remedy) {
  process.stderr.write(
    `\nsetup: ${step} failed.\n${output.trim().split('\n').slice(-30).join('\n')}\n\nWhat to do: ${remedy}\n`,
  );
  process.exit(1);
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
    shell: process.platform === 'win32',
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? String(result.error) : ''}`;
  return { ok: result.status === 0, output };
}

function filesUnder(folder, found = []) {
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) filesUnder(path, found);
    else found.push(path);
  }
  return found;
}

function hashOf(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const path of paths) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}

const isDone = (name, hash) => existsSync(stamps[name]) && readFileSync(stamps[name], 'utf8') === hash;

/** Written under a temporary name first, so that a kill never leaves a stamp for work that was not finished. */
function markDone(name, hash) {
  mkdirSync(dirname(stamps[name]), { recursive: true });
  writeFileSync(`${stamps[name]}.part`, hash);
  renameSync(`${stamps[name]}.part`, stamps[name]);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 17)) return;
  fail(
    'checking Node',
    `found Node ${process.versions.node}`,
    'install Node 20.17 or newer (https://nodejs.org), then run this again.',
  );
}

function install() {
  const hash = hashOf(
    [join(root, 'package.json'), join(root, 'package-lock.json'), join(root, '.npmrc')],
    process.version,
  );
  if (isDone('install', hash)) return;
  say('installing packages from the npm registry (about a minute the first time) ...');
  // A killed install can leave packages that look whole and are not, so one that was begun and not ended starts over.
  const begun = join(root, 'build', 'install.begun');
  if (existsSync(begun)) rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  mkdirSync(dirname(begun), { recursive: true });
  writeFileSync(begun, '');
  // Not `npm ci`: it refuses the lock file where a mirror lacks other platforms' optional packages. --no-save keeps
  // the lock file as it is. .npmrc switches install scripts off: onnxruntime-node's would fetch CUDA libraries.
  const { ok, output } = run('npm', ['install', '--no-save', '--no-audit', '--no-fund']);
  if (!ok) {
    fail(
      'npm install',
      output,
      'check that the npm registry is reachable (`npm ping`; behind a proxy set `npm config set proxy`), that the disk has 1 GB free, then run this again: it starts over cleanly.',
    );
  }
  markDone('install', hash);
  rmSync(begun);
}

/** The folder whose include/node belongs to the running Node, so that node-gyp need not download headers. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return [prefix, '/usr', '/usr/local'].find((folder) => {
    const header = join(folder, 'include', 'node', 'node_version.h');
    if (!existsSync(header)) return false;
    const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1];
    return major === process.versions.node.split('.')[0];
  });
}

function loads(module) {
  return run(process.execPath, ['-e', `new (require(${JSON.stringify(module)}))(':memory:')`]).ok;
}

function nativeAddons() {
  if (loads('better-sqlite3')) return;
  const headers = nodeHeaders();
  say(
    'preparing SQLite: a prebuilt file where one can be fetched, else compiled here (about two minutes) ...',
  );
  const { ok, output } = run(
    'npm',
    ['rebuild', 'better-sqlite3', '--ignore-scripts=false', '--foreground-scripts'],
    {
      JOBS: 'max',
      ...(headers ? { npm_config_nodedir: headers } : {}),
    },
  );
  if (!ok || !loads('better-sqlite3')) {
    fail(
      'building better-sqlite3',
      output,
      'install a C++ compiler, make and Python 3 (Debian: `apt-get install g++ make python3`; macOS: `xcode-select --install`), then run this again.',
    );
  }
}

function build() {
  const sources = [
    ...filesUnder(join(root, 'src')),
    ...filesUnder(join(root, 'kernels')),
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'].map(
      (name) => join(root, name),
    ),
  ];
  const hash = hashOf(sources);
  const made = [join(root, 'dist', 'cli', 'main.js'), join(root, 'build', 'kernels.wasm')];
  if (isDone('build', hash) && made.every((path) => existsSync(path))) return;
  say('building ...');
  const { ok, output } = run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (!ok)
    fail(
      'the build',
      output,
      'this is a fault of the source tree: `git status` shows whether a file was changed.',
    );
  markDone('build', hash);
}

requireNode();
install();
nativeAddons();
build();
say('ready.');
