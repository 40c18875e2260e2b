/** What needs the built package: the example of the guide, and worker threads. `npm test` builds first. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { card, writeImage } from '../../src/fits/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = join(root, 'dist', 'fits', 'index.js');
if (!existsSync(built)) console.warn('skipped: no dist/fits; npm run build makes it');

const folder = mkdtempSync(join(tmpdir(), 'sungan-fits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const width = 64;
const height = 50;
const data = Int16Array.from({ length: width * height }, (_, i) => (i * 37) % 1000);
const frame = writeImage({
  width,
  height,
  data,
  blank: -32768,
  compression: 'RICE_1',
  cards: [
    card('T_OBS', '2017-01-03T23:00:05.84Z'),
    card('CRPIX1', 32.5),
    card('CRPIX2', 25.5),
    card('CDELT1', 2.4),
    card('CDELT2', 2.4),
    card('RSUN_OBS', 976.08),
    card('WAVELNTH', 193),
  ],
});

describe.skipIf(!existsSync(built))('the built package', () => {
  test('the example of docs/fits.md runs as it is printed', () => {
    const guide = readFileSync(join(root, 'docs', 'fits.md'), 'utf8');
    const example = /```js\n([\s\S]*?)```/.exec(guide)![1]!;
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(10);
    const path = join(folder, 'frame.fits');
    writeFileSync(path, frame);
    // Run in the repository, where the package's own name resolves; the files it names are in the folder.
    const script = example
      .replaceAll("'frame.fits'", JSON.stringify(path))
      .replaceAll("'half.fits'", JSON.stringify(join(folder, 'half.fits')));
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(output).toContain('2017-01-03T23:00:05.84Z');
    expect(output).toContain('64 x 50');
  });

  test('worker threads decode from shared bytes into shared pixels, or hand theirs over, without a copy', async () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(frame.length));
    bytes.set(frame);
    const pixels = new Float32Array(new SharedArrayBuffer(4 * width * height));
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { firstImage, readFits, readImageFloat32, readRaw } = await import(workerData.door);
      const image = firstImage(readFits(workerData.bytes));
      const { data } = readImageFloat32(image, { into: workerData.pixels });
      const raw = readRaw(image).data;
      parentPort.postMessage({ isSame: data === workerData.pixels, raw }, [raw.buffer]);
      parentPort.postMessage({ left: raw.length });
    `;
    const path = join(folder, 'worker.mjs');
    writeFileSync(path, code);
    const worker = new Worker(pathToFileURL(path), {
      workerData: { door: pathToFileURL(built).href, bytes, pixels },
    });
    const messages: { isSame?: boolean; raw?: Int16Array; left?: number }[] = [];
    await new Promise<void>((resolve, reject) => {
      worker
        .on('message', (message) => messages.push(message))
        .on('error', reject)
        .on('exit', () => resolve());
    });
    expect(messages[0]!.isSame).toBe(true);
    expect([...pixels]).toEqual([...data]);
    expect(messages[0]!.raw).toEqual(data);
    // Handed over, not copied: the worker has nothing left.
    expect(messages[1]!.left).toBe(0);
  });
});
