// Runs the FITS fuzzer (test/fits/fuzz.test.ts) over many more damaged files than the tests do.
//   npm run fuzz                      100,000 mutants
//   npm run fuzz -- 5000 another-seed
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [mutants = '100000', seed = 'npm run fuzz'] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/fits/fuzz.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SUNGAN_FUZZ_MUTANTS: mutants, SUNGAN_FUZZ_SEED: seed },
  },
);
process.exitCode = status ?? 1;
