/**
 * Registration against truth: disks drawn as level 1 frames with a known centre, roll, scale and radius go through the FITS
 * file, the decoder and the one resample of `curate`; the limb of the result at full size and of its level of a quarter is
 * fitted. The same affine by scipy's cubic spline tells how far the kernels lie from it (python3 with numpy and scipy;
 * SUNGAN_PYTHON names another), on a drawn disk and on a simulated Sun with noise.
 *
 *   node scripts/bench.mjs register [SIZE]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFrame, readFrame } from '../src/curate/decode.ts';
import { type Pointing, pointingOf, registeredScale, registration } from '../src/curate/register.ts';
import { card, firstImage, readFits, writeImage } from '../src/fits/index.ts';
import { type Affine, type Image, type Kernels, loadKernels, plainKernels } from '../src/numeric/index.ts';
import { makeFrame } from '../src/simulate/index.ts';
import { drawDisk, measureDisk, RADIUS_ARCSEC } from '../test/curate/drawn-disk.ts';

const size = Number(process.argv[2] ?? 4096);
const binning = 4096 / size;
const folder = mkdtempSync(join(tmpdir(), 'sungan-register-'));
const python = process.env['SUNGAN_PYTHON'] ?? 'python3';

/** Offsets in detector pixels, degrees, arc seconds a detector pixel. */
const CASES: [string, number, number, number, number][] = [
  ['as AIA flies', 10.8, -12.4, 0.0194, 0.599489],
  ['rolled by 3 degrees', -25.2, 31.6, 3, 0.6126],
  ['rolled by 10 degrees', 26.1, 35.2, 10, 0.6025],
  ['rolled by -10 degrees', -40.3, 12.7, -10, 0.5881],
];

const pointings = CASES.map(([name, x, y, rotationDegrees, scale]): [string, Pointing] => [
  name,
  {
    centreX: (size - 1) / 2 + x / binning,
    centreY: (size - 1) / 2 + y / binning,
    arcsecPerPixel: scale * binning,
    rotationDegrees,
    radiusArcsec: RADIUS_ARCSEC,
  },
]);

try {
  console.log(`Registered limb against truth, ${size} x ${size} level 1 frames (int16, RICE_1)\n`);
  console.log('| frame | level | centre off, px | radius off, px | flux / truth - 1 |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const [name, pointing] of pointings) await showTruth(name, pointing);
  await compareWithSpline();
} finally {
  rmSync(folder, { recursive: true });
}

async function register(path: string, pointing: Pointing, kernels: Kernels) {
  const file = await readFrame(path);
  if ('failure' in file) throw new Error(file.failure);
  const decoded = decodeFrame(file);
  if ('failure' in decoded) throw new Error(decoded.failure);
  kernels.begin(size * size * 2 + 4096);
  const { image: source } = kernels.load(decoded.stored, Number.POSITIVE_INFINITY);
  const map = registration(pointing, size);
  const image = kernels.warpCubic(source, map, size, size, 0);
  return { source, map, image };
}

function drawnFrame(pointing: Pointing): { path: string; flux: number } {
  const { data } = drawDisk(size, pointing);
  const path = join(folder, 'disk.fits');
  const pixels = Int16Array.from(data, Math.round);
  writeFileSync(
    path,
    writeImage({
      width: size,
      height: size,
      data: pixels,
      cards: [card('WAVELNTH', 193)],
      compression: 'RICE_1',
    }),
  );
  return { path, flux: sum(pixels) * pointing.arcsecPerPixel ** 2 };
}

async function showTruth(name: string, pointing: Pointing): Promise<void> {
  const { path, flux } = drawnFrame(pointing);
  const kernels = loadKernels();
  const { source, image } = await register(path, pointing, kernels);
  kernels.reuse(source);
  const quarter = kernels.halve(kernels.halve(image));
  for (const level of [image, quarter]) {
    const scale = registeredScale(level.width);
    const { x, y, radius } = measureDisk(level);
    const off = [Math.hypot(x, y), radius - RADIUS_ARCSEC / scale].map((value) => value.toFixed(4));
    const ratio = (sum(level.data) * scale ** 2) / flux - 1;
    console.log(`| ${name} | ${level.width} | ${off.join(' | ')} | ${ratio.toExponential(1)} |`);
  }
}

async function compareWithSpline(): Promise<void> {
  const trial = spawnSync(python, ['-c', 'import scipy.ndimage']);
  if (trial.status !== 0) {
    console.log(`\nno comparison with scipy: ${python} has none`);
    return;
  }
  console.log('\nDifference from the cubic B-spline of scipy.ndimage.affine_transform, inside 0.95 radii\n');
  console.log('| picture | kernel | rms difference, DN | in % of the mean |');
  console.log('| --- | --- | ---: | ---: |');
  const [, rolled] = pointings[2]!;
  const drawn = drawnFrame(rolled).path;
  const sun = join(folder, 'sun.fits');
  const bytes = makeFrame({
    id: { product: 'aia-level1', slot: new Date(Date.UTC(2014, 0, 1)), wavelength: 193 },
    seed: 1,
    size,
    stepMs: 3_600_000,
  });
  writeFileSync(sun, bytes);
  const asFlown = pointingOf(firstImage(readFits(bytes)).header.toRecord())!;
  const pictures: [string, string, Pointing][] = [
    ['drawn disk, rolled by 10 degrees', drawn, rolled],
    ['simulated Sun with noise, as AIA flies', sun, asFlown],
    ['simulated Sun with noise, turned by 10 degrees', sun, { ...asFlown, rotationDegrees: 10 }],
  ];
  for (const [picture, path, pointing] of pictures) {
    for (const kernels of [loadKernels(), plainKernels()]) {
      const { source, map, image } = await register(path, pointing, kernels);
      const { rms, mean } = differenceFromSpline(source, map, image);
      console.log(
        `| ${picture} | ${kernels.kind} | ${rms.toFixed(3)} | ${((100 * rms) / mean).toFixed(3)} |`,
      );
    }
  }
}

function differenceFromSpline(source: Image, map: Affine, image: Image): { rms: number; mean: number } {
  writeFileSync(join(folder, 'source.f32'), bytesOf(source.data));
  writeFileSync(join(folder, 'image.f32'), bytesOf(image.data));
  const { xx, xy, x0, yx, yy, y0 } = map;
  const radius = (0.95 * RADIUS_ARCSEC) / registeredScale(size);
  const numbers = [size, xx, xy, x0, yx, yy, y0, radius].map(String);
  const run = spawnSync(python, [join('bench', 'register-scipy.py'), folder, ...numbers], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as { rms: number; mean: number };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
