import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  FitsError,
  readFits,
  readImage,
  readImageFloat32,
  readRaw,
  wcs,
  wrongSum,
} from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { mutate, seeds } from './mutate.ts';

/** `npm run fuzz` asks for more. */
const MUTANTS = Number(process.env['SUNGAN_FUZZ_MUTANTS'] ?? 3000);
const SEED = process.env['SUNGAN_FUZZ_SEED'] ?? '1';

/** No array larger than this may come back; damaged sizes then cost little. */
const MAX_DECODED_BYTES = 2 ** 24;
const MAX_MILLISECONDS = 2000;
/** What the process may grow beside the arrays: headers, the compiler, pages that the allocator keeps. */
const OVERHEAD_BYTES = 48 * 2 ** 20;

/** Everything the door offers, on one file: what each reading came to, and the bytes of the largest decoded image. */
function readAll(bytes: Uint8Array): { outcome: string; decodedBytes: number } {
  const outcomes: string[] = [];
  let decodedBytes = 0;
  const attempt = (work: () => void) => {
    try {
      work();
      outcomes.push('read');
    } catch (error) {
      if (!(error instanceof FitsError)) throw error;
      outcomes.push('refused');
    }
  };
  attempt(() => {
    const fits = readFits(bytes, { file: 'mutant', maxDecodedBytes: MAX_DECODED_BYTES });
    for (let hdu = fits.hdu(0), i = 1; hdu !== undefined; hdu = fits.hdu(i++)) {
      JSON.stringify(hdu.header.toRecord());
      JSON.stringify(hdu.storedHeader);
      wrongSum(hdu);
      if (hdu.kind !== 'image') continue;
      const image = hdu;
      // A header without coordinates is no fault of the file.
      try {
        wcs(image.header);
      } catch (error) {
        if (!(error instanceof FitsError)) throw error;
      }
      attempt(() => {
        decodedBytes = Math.max(decodedBytes, readImage(image).data.byteLength);
      });
      attempt(() => readRaw(image));
      attempt(() => readRaw(image, { verify: true, rows: [0, 1] }));
      attempt(() => readImageFloat32(image, { partial: true, floatBlank: true, astropyScaling: true }));
      attempt(() =>
        readImage(image, {
          verify: true,
          rows: [Math.floor(image.height / 2), Math.floor(image.height / 2) + 1],
        }),
      );
    }
    fits.checkEnd();
  });
  return { outcome: outcomes.join(' '), decodedBytes };
}

/** Most memory held since `resetPeak`, where the system can forget an earlier peak (Linux); else since the start. */
function peakMemory(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then only a file that takes more than all before it is noticed.
  }
}

test(`${MUTANTS} damaged files are read or refused, quickly and in bounded memory`, {
  timeout: 3_600_000,
}, () => {
  const all = seeds();
  for (const { bytes } of all) readAll(bytes);
  let growth = 0;
  let refused = 0;
  let slowest = { milliseconds: 0, name: '' };
  for (let i = 0; i < MUTANTS; i++) {
    const random = createRandom(`${SEED}/${i}`);
    const seed = all[random.int(all.length)]!;
    const name = `mutant ${i} of seed ${SEED} (${seed.name})`;
    const bytes = mutate(seed, all, random);
    resetPeak();
    const residentBefore = process.memoryUsage.rss();
    const peakBefore = peakMemory();
    const started = performance.now();
    let result: ReturnType<typeof readAll>;
    try {
      result = readAll(bytes);
    } catch (cause) {
      throw new Error(`${name}: neither read nor refused`, { cause });
    }
    const milliseconds = performance.now() - started;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, name };
    if (result.outcome.includes('refused')) refused++;
    const peak = peakMemory();
    const taken = peak > peakBefore ? peak - residentBefore : 0;
    growth = Math.max(growth, taken);
    const allowed = 4 * Math.max(bytes.length, result.decodedBytes) + OVERHEAD_BYTES;
    if (taken > allowed) expect.fail(`${name}: took ${taken} bytes of memory, allowed ${allowed}`);
  }
  console.info(
    `${MUTANTS} mutants: ${refused} refused in part or whole, ${MUTANTS - refused} read; slowest ` +
      `${slowest.milliseconds.toFixed(0)} ms (${slowest.name}); largest growth of memory ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  expect(slowest.milliseconds, slowest.name).toBeLessThan(MAX_MILLISECONDS);
});
