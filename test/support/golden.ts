/**
 * Golden values computed by the original Python implementations. They are not part of this repository (4 MB of binary
 * data); the tests read them from the folder that SUNGAN_TEST_GOLDEN names, or from `../shared/golden` beside it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export function goldenFolder(): string | undefined {
  const folder = process.env['SUNGAN_TEST_GOLDEN'] ?? join(repository, '../shared/golden');
  return existsSync(join(folder, 'A.json')) ? folder : undefined;
}

/**
 * Like `describe`; where the golden values are absent one skipped test says why. `define` is not called then, because it
 * may read golden values at once.
 */
export function describeWithGolden(name: string, define: (golden: Golden) => void): void {
  const folder = goldenFolder();
  if (folder) {
    describe(name, () => define(openGolden(folder)));
    return;
  }
  const reason = 'no golden values: set SUNGAN_TEST_GOLDEN to their folder';
  process.stderr.write(`${name}: skipped, ${reason}\n`);
  describe.skip(name, () => {
    it(`is left out, ${reason}`, () => {});
  });
}

export interface Golden {
  folder: string;
  // The parts' shapes differ; each test knows its own.
  json<T>(name: string): T;
  float32(name: string): Float32Array;
  float64(name: string): Float64Array;
  bytes(name: string): Uint8Array;
  uint16(name: string): Uint16Array;
}

function openGolden(folder: string): Golden {
  const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
  return {
    folder,
    json: (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')),
    bytes: read,
    float32: (name) => new Float32Array(read(name).buffer),
    float64: (name) => new Float64Array(read(name).buffer),
    uint16: (name) => new Uint16Array(read(name).buffer),
  };
}
