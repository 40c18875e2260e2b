// Compiles TypeScript to dist/ and the AssemblyScript kernels to build/kernels.wasm. Needs node_modules.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs one program of node_modules with this Node and stops the build with its output when it fails. */
function compile(label, script, args) {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    process.stderr.write(`build: ${label} failed\n${result.stdout ?? ''}${result.stderr ?? ''}`);
    process.exit(1);
  }
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
compile('TypeScript', 'typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
const main = join(root, 'dist', 'cli', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);

if (existsSync(join(root, 'kernels', 'index.ts'))) {
  mkdirSync(join(root, 'build'), { recursive: true });
  compile('kernels', 'assemblyscript/bin/asc.js', [
    'kernels/index.ts',
    '--outFile',
    'build/kernels.wasm',
    '--optimizeLevel',
    '3',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--noAssert',
    '--initialMemory',
    '4',
  ]);
}
