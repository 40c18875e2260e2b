/** Registration against drawn suns whose centre, roll, scale and radius are known. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  isRegistered,
  type Pointing,
  pointingOf,
  registeredScale,
  registration,
} from '../../src/curate/register.ts';
import { firstImage, readFits, readImageFloat32 } from '../../src/fits/index.ts';
import {
  createImage,
  fft,
  type Image,
  loadKernels,
  plainKernels,
  transpose,
} from '../../src/numeric/index.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { drawDisk, measureDisk, POINT, RADIUS_ARCSEC } from './drawn-disk.ts';

function brightest(image: Image): { x: number; y: number } {
  const middle = (image.width - 1) / 2;
  let [sx, sy, sum] = [0, 0, 0];
  image.data.forEach((value, i) => {
    const weight = Math.max(0, value - 2000);
    sx += weight * ((i % image.width) - middle);
    sy += weight * (Math.floor(i / image.width) - middle);
    sum += weight;
  });
  return { x: sx / sum, y: sy / sum };
}

const CASES: [string, number, Partial<Pointing>][] = [
  [
    'AIA as it flies',
    1024,
    { centreX: 514.2, centreY: 508.9, arcsecPerPixel: 2.397956, rotationDegrees: 0.0194 },
  ],
  ['rolled by 10 degrees', 1024, { centreX: 505, centreY: 520.3, arcsecPerPixel: 2.41, rotationDegrees: 10 }],
  [
    'rolled the other way',
    512,
    { centreX: 250.1, centreY: 260.7, arcsecPerPixel: 4.7, rotationDegrees: -7.5 },
  ],
  [
    'HMI, upside down',
    1024,
    { centreX: 511.1, centreY: 512.4, arcsecPerPixel: 2.016, rotationDegrees: 179.97 },
  ],
];

const kernels = loadKernels();

function registered(image: Image, pointing: Pointing, scale?: number): Image {
  kernels.begin(image.data.length * 2 + 64);
  const { image: loaded } = kernels.load({ ...image, scale: 1, zero: 0, blank: undefined }, 1e9);
  const size = image.width;
  const result = kernels.warpCubic(loaded, registration(pointing, size, scale), size, size, 0);
  return createImage(size, size, result.data.slice());
}

describe.each(CASES)('%s, %i pixels', (_, size, given) => {
  const pointing = { radiusArcsec: RADIUS_ARCSEC, ...given } as Pointing;
  const image = registered(drawDisk(size, pointing), pointing);
  const radius = RADIUS_ARCSEC / registeredScale(size);

  test('the limb is centred and has the predicted radius, within 0.05 pixel', () => {
    const disk = measureDisk(image);
    expect(Math.abs(disk.x)).toBeLessThan(0.05);
    expect(Math.abs(disk.y)).toBeLessThan(0.05);
    expect(Math.abs(disk.radius - radius)).toBeLessThan(0.05);
  });

  test('solar north is up and east is left', () => {
    const spot = brightest(image);
    expect(spot.x).toBeCloseTo(-radius * POINT.radii * Math.sin((POINT.angle * Math.PI) / 180), 1);
    expect(spot.y).toBeCloseTo(radius * POINT.radii * Math.cos((POINT.angle * Math.PI) / 180), 1);
  });

  test('flux is conserved to 1e-4', () => {
    const flux = (picture: Image, scale: number) =>
      picture.data.reduce((sum, value) => sum + value, 0) * scale ** 2;
    const before = flux(drawDisk(size, pointing), pointing.arcsecPerPixel);
    const after = flux(image, registeredScale(size));
    expect(Math.abs(after / before - 1)).toBeLessThan(1e-4);
  });
});

test('a fixed radius scales in the same resample', () => {
  const pointing = {
    centreX: 255.5,
    centreY: 255.5,
    arcsecPerPixel: 4.8,
    rotationDegrees: 0,
    radiusArcsec: RADIUS_ARCSEC,
  };
  const scale = (registeredScale(512) * RADIUS_ARCSEC) / 976;
  const disk = measureDisk(registered(drawDisk(512, pointing), pointing, scale));
  expect(disk.radius).toBeCloseTo(976 / registeredScale(512), 1);
});

/** How far b lies from a in pixels, by the peak of their cross-correlation. */
function offsetBetween(a: Image, b: Image): { x: number; y: number } {
  const n = a.width;
  const [fa, fb] = [a, b].map((image) => {
    const mean = image.data.reduce((sum, value) => sum + Math.log(Math.max(1, value)), 0) / image.data.length;
    const hann = (i: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (n - 1));
    const values = Float64Array.from(
      image.data,
      (value, i) => (Math.log(Math.max(1, value)) - mean) * hann(i % n) * hann(Math.floor(i / n)),
    );
    return transform2d(values, new Float64Array(n * n), n);
  }) as [Spectrum, Spectrum];
  const real = fa.real.map((value, i) => value * fb.real[i]! + fa.imaginary[i]! * fb.imaginary[i]!);
  // The transform of a conjugate is a mirrored inverse: signs are turned at the end.
  const imaginary = fa.real.map((value, i) => -(fa.imaginary[i]! * fb.real[i]! - value * fb.imaginary[i]!));
  const { real: correlation } = transform2d(real, imaginary, n);
  const peak = correlation.indexOf(Math.max(...correlation));
  const at = (x: number, y: number) => correlation[((y + n) % n) * n + ((x + n) % n)]!;
  const [px, py] = [peak % n, Math.floor(peak / n)];
  const vertex = (low: number, middle: number, high: number) =>
    (low - high) / (2 * (low - 2 * middle + high));
  const signed = (value: number) => (value > n / 2 ? value - n : value);
  return {
    x: signed(px) + vertex(at(px - 1, py), at(px, py), at(px + 1, py)),
    y: signed(py) + vertex(at(px, py - 1), at(px, py), at(px, py + 1)),
  };
}

interface Spectrum {
  real: Float64Array;
  imaginary: Float64Array;
}

function transform2d(real: Float64Array, imaginary: Float64Array, n: number): Spectrum {
  const turn = ({ real: r, imaginary: i }: Spectrum): Spectrum => {
    for (let y = 0; y < n; y++) fft(r.subarray(y * n, (y + 1) * n), i.subarray(y * n, (y + 1) * n));
    return { real: transpose(r, n), imaginary: transpose(i, n) };
  };
  return turn(turn({ real, imaginary }));
}

describeWithRealData('level 1 cutouts of a flare', (data) => {
  const folder = join(data, 'aia-lev1-cutouts');

  test.each(['171', '193', '304'])(
    'at %s angstrom register onto their neighbours within 0.5 pixel',
    (wavelength) => {
      const size = 256;
      // West limb, where the flare was: 915" west and 260" south of disk centre in the middle of the picture.
      const centre = { x: size / 2 - 915 / 0.6, y: size / 2 + 260 / 0.6 };
      const images = readdirSync(folder)
        .filter((name) => name.includes(`.${wavelength}.image`))
        .sort()
        .map((name) => {
          const hdu = firstImage(readFits(readFileSync(join(folder, name))));
          const { width, height, data: pixels } = readImageFloat32(hdu);
          const map = registration(pointingOf(hdu.header.toRecord())!, size, 0.6, centre);
          return plainKernels().warpCubic(createImage(width, height, pixels), map, size, size, 0);
        });
      expect(images.length).toBe(8);
      for (let i = 1; i < images.length; i++) {
        const { x, y } = offsetBetween(images[i - 1]!, images[i]!);
        expect(Math.hypot(x, y)).toBeLessThan(0.5);
      }
    },
  );
});

test('synoptic frames are registered already, level 1 frames are not', () => {
  const synoptic = {
    centreX: 511.5,
    centreY: 511.5,
    arcsecPerPixel: 2.4,
    rotationDegrees: 0,
    radiusArcsec: 976,
  };
  expect(isRegistered(synoptic, 1024)).toBe(true);
  expect(isRegistered({ ...synoptic, centreX: 511.7 }, 1024)).toBe(false);
  expect(isRegistered({ ...synoptic, rotationDegrees: 0.02 }, 1024)).toBe(false);
});

describe('the pointing of a header', () => {
  const header = { CRPIX1: 30, CRPIX2: 40, CDELT1: 2, CDELT2: 2, RSUN_OBS: 950 };

  test('the reference pixel need not be the disk centre', () => {
    expect(pointingOf({ ...header, CRVAL1: 0, CRVAL2: 0 })).toMatchObject({ centreX: 29, centreY: 39 });
    const turned = pointingOf({ ...header, CROTA2: 90, CRVAL1: 10, CRVAL2: -6 })!;
    // North lies to the left, east below: 10" west of the centre are five pixels above it.
    expect(turned.centreX).toBeCloseTo(29 + 3, 12);
    expect(turned.centreY).toBeCloseTo(39 + 5, 12);
  });

  test('a matrix says the same as an angle', () => {
    const [cosine, sine] = [Math.cos(0.1), Math.sin(0.1)];
    const matrix = { PC1_1: cosine, PC1_2: -sine, PC2_1: sine, PC2_2: cosine };
    expect(pointingOf({ ...header, ...matrix })!.rotationDegrees).toBeCloseTo((0.1 * 180) / Math.PI, 12);
    expect(pointingOf(header)!.rotationDegrees).toBe(0);
  });
});
