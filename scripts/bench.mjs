// Compiles bench/ with what it uses of src/, and runs one bench: node scripts/bench.mjs fits-decode
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
if (!name || !names.includes(name)) {
  process.stderr.write(`usage: node scripts/bench.mjs NAME, one of ${names.join(', ')}\n`);
  process.exit(2);
}

const out = join(root, 'build', 'bench');
mkdirSync(out, { recursive: true });
const config = {
  extends: '../../tsconfig.build.json',
  compilerOptions: { rootDir: '../..', outDir: '.', declaration: false, sourceMap: false },
  include: [`../../bench/${name}.ts`],
};
writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(config));
// The program reads its version and its compiled kernels from beside its sources.
copyFileSync(join(root, 'package.json'), join(out, 'package.json'));
mkdirSync(join(out, 'build'), { recursive: true });
copyFileSync(join(root, 'build', 'kernels.wasm'), join(out, 'build', 'kernels.wasm'));
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [compiler, '-p', join(out, 'tsconfig.json')], {
  stdio: 'inherit',
});
const program = join(out, 'bench', `${name}.js`);
if (compiled.status !== 0 || !existsSync(program)) process.exit(1);
const { status } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
