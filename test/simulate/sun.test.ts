import { describe, expect, test } from 'vitest';
import {
  activityAt,
  channelOf,
  decimalYear,
  degradationAt,
  ephemerisAt,
  renderSun,
  sunStateAt,
  WAVELENGTHS,
} from '../../src/simulate/sun/index.ts';
import { rotationRate } from '../../src/simulate/sun/rotation.ts';
import { createPlaces } from '../../src/simulate/sun/rows.ts';
import { createField } from '../../src/simulate/sun/texture.ts';
import { mean, ringMedian, SEED } from './support.ts';

const SIZE = 256;
const DEGREE = Math.PI / 180;
const date = (text: string) => new Date(text);

function radiusPixels(time: Date, size = SIZE): number {
  return ephemerisAt(time).radiusArcsec / ((4096 * 0.6) / size);
}

describe('ephemeris', () => {
  // Values of real headers: aia20170103_2300_0193, aia_171_level1, aia.lev1_euv_12s.2012-07-19.
  test.each([
    ['2017-01-03T23:00:05Z', 976.08, -3.3738, 84.6525, 2185],
    ['2011-02-15T00:00:00Z', 971.81, -6.8205, 22.8144, 2106],
    ['2012-07-19T07:30:09Z', 944.12, 4.7702, 353.421, 2126],
  ])('agrees with the header of %s', (time, radius, latitude, longitude, rotation) => {
    const ephemeris = ephemerisAt(date(time));
    expect(Math.abs(ephemeris.radiusArcsec - radius)).toBeLessThan(0.4);
    expect(ephemeris.b0 / DEGREE).toBeCloseTo(latitude, 1);
    expect(ephemeris.l0 / DEGREE).toBeCloseTo(longitude, 0);
    expect(ephemeris.rotation).toBe(rotation);
  });

  test('the disk is largest in January and smallest in July', () => {
    expect(ephemerisAt(date('2016-01-03')).radiusArcsec).toBeGreaterThan(975.5);
    expect(ephemerisAt(date('2016-07-04')).radiusArcsec).toBeLessThan(944.5);
  });
});

describe('velocity', () => {
  const GRAVITY = 1.327_124_4e20;
  const SEMI_MAJOR_AXIS = 1.000_001_018 * 149_597_870_691;

  test.each(['2014-01-01', '2014-03-06', '2014-06-06', '2014-10-10'])(
    'on %s is as large as the orbit demands',
    (day) => {
      const { distanceMetres, radialVelocity, westVelocity, northVelocity } = ephemerisAt(date(day));
      const expected = Math.sqrt(GRAVITY * (2 / distanceMetres - 1 / SEMI_MAJOR_AXIS));
      expect(westVelocity).toBeGreaterThan(0);
      const speed = Math.hypot(radialVelocity, westVelocity, northVelocity);
      expect(Math.abs(speed / expected - 1)).toBeLessThan(2e-3);
    },
  );

  test('goes north where the latitude of the disk centre rises, and south where it falls', () => {
    expect(ephemerisAt(date('2014-06-06')).northVelocity).toBeGreaterThan(3500);
    expect(ephemerisAt(date('2014-12-08')).northVelocity).toBeLessThan(-3500);
    expect(Math.abs(ephemerisAt(date('2014-09-08')).northVelocity)).toBeLessThan(100);
    // Real headers of early January add SDO's own 3 km/s: OBS_VN is -5.8 to -5.4 km/s.
    expect(ephemerisAt(date('2014-01-01')).northVelocity).toBeLessThan(-2500);
  });
});

describe('the state', () => {
  const years = Array.from({ length: 12 }, (_, index) => 2010.5 + index);
  const regionsIn = (year: number) => {
    const start = Date.UTC(Math.floor(year), Math.round((year % 1) * 12), 1);
    return Array.from(
      { length: 6 },
      (_, index) => sunStateAt(SEED, new Date(start + index * 20 * 86_400_000)).regions,
    );
  };

  test('activity follows the cycle', () => {
    expect(activityAt(2014.3)).toBeGreaterThan(0.95);
    expect(activityAt(2019.7)).toBeLessThan(0.1);
    expect(activityAt(2024.7)).toBeGreaterThan(1);
    expect(decimalYear(date('2014-07-02T12:00:00Z'))).toBeCloseTo(2014.5, 2);
  });

  test('regions are many at maximum, few at minimum, and drift from high to low latitudes', () => {
    const strong = (year: number) =>
      regionsIn(year).map((regions) => regions.filter(({ flux }) => flux > 0.1));
    const count = (year: number) => mean(strong(year).map(({ length }) => length));
    expect(count(2014.25)).toBeGreaterThan(8);
    expect(count(2019.5)).toBeLessThan(0.25 * count(2014.25));
    const latitude = (year: number) =>
      mean(
        strong(year)
          .flat()
          .map((region) => Math.abs(region.latitude) / DEGREE),
      );
    expect(latitude(2011)).toBeGreaterThan(latitude(2014.25) + 2);
    expect(latitude(2014.25)).toBeGreaterThan(latitude(2017) + 2);
  });

  test('both belts are filled and keep within 2 to 50 degrees', () => {
    const latitudes = years.flatMap((year) =>
      regionsIn(year)
        .flat()
        .map(({ latitude }) => latitude / DEGREE),
    );
    expect(latitudes.every((value) => Math.abs(value) >= 2 && Math.abs(value) < 50)).toBe(true);
    const north = latitudes.filter((value) => value > 0).length / latitudes.length;
    expect(Math.abs(north - 0.5)).toBeLessThan(0.1);
  });

  test("polarities obey Hale's law: opposite in the hemispheres, reversed in the next cycle", () => {
    const signs = (year: number) =>
      regionsIn(year)
        .flat()
        .map((region) => region.leadingSign * Math.sign(region.latitude));
    expect(new Set(signs(2014))).toEqual(new Set([-1]));
    expect(new Set(signs(2024))).toEqual(new Set([1]));
  });

  test('a region keeps its identity from day to day and turns with its latitude', () => {
    const before = sunStateAt(SEED, date('2014-05-01')).regions;
    const after = new Map(sunStateAt(SEED, date('2014-05-03')).regions.map((region) => [region.key, region]));
    const pairs = before.flatMap((region) =>
      after.has(region.key) ? [[region, after.get(region.key)!] as const] : [],
    );
    expect(pairs.length).toBeGreaterThan(0.8 * before.length);
    for (const [first, second] of pairs) {
      expect(second.latitude).toBe(first.latitude);
      const gained = (second.longitude - first.longitude) / DEGREE;
      expect(gained).toBeCloseTo(2 * (rotationRate(Math.sin(first.latitude)) - 14.1844), 6);
    }
  });
});

describe('a picture', () => {
  const time = date('2019-06-10T00:00:00Z');
  const quiet = renderSun({ seed: SEED, time, wavelength: 193, size: SIZE });
  const ring = (from: number, to: number) => ringMedian(quiet, SIZE, radiusPixels(time), from, to);

  test('the corona brightens to the limb and falls off beyond', () => {
    const suns = [1, 2, 3].map((seed) => renderSun({ seed, time, wavelength: 193, size: SIZE }));
    const level = (from: number, to: number) =>
      mean(suns.map((image) => ringMedian(image, SIZE, radiusPixels(time), from, to)));
    expect(level(0.94, 0.98) / level(0, 0.3)).toBeGreaterThan(1.2);
    expect(level(1.01, 1.04) / level(0, 0.3)).toBeGreaterThan(2.5);
    const falloff = [1.05, 1.1, 1.15, 1.2, 1.25].map((r) => level(r - 0.015, r + 0.015));
    for (let i = 1; i < falloff.length; i++) expect(falloff[i]!).toBeLessThan(0.75 * falloff[i - 1]!);
    // e-folding length near the limb, solar radii: the 0.05 of the quiet corona in 193.
    const length = 0.05 / Math.log(falloff[0]! / falloff[1]!);
    expect(length).toBeGreaterThan(0.035);
    expect(length).toBeLessThan(0.09);
  });

  test('outside the round field stop there is nothing', () => {
    expect(quiet[0]).toBe(0);
    expect(quiet[quiet.length - 1]).toBe(0);
  });

  test('the photosphere is darker at the limb, with no corona beyond', () => {
    const image = renderSun({ seed: SEED, time, wavelength: 4500, size: SIZE });
    const at = (from: number, to: number) => ringMedian(image, SIZE, radiusPixels(time), from, to);
    expect(at(0.95, 0.98) / at(0, 0.3)).toBeLessThan(0.75);
    expect(at(1.03, 1.1)).toBeLessThan(1);
  });

  test('the limb lies where RSUN_OBS says, in summer and in winter', () => {
    for (const text of ['2016-01-03', '2016-07-04']) {
      const image = renderSun({ seed: SEED, time: date(text), wavelength: 4500, size: SIZE });
      const lit = image.reduce((count, value) => count + (value > 500 ? 1 : 0), 0);
      const radius = Math.sqrt(lit / Math.PI) / radiusPixels(date(text));
      expect(Math.abs(radius - 1.007)).toBeLessThan(0.006);
    }
  });

  test('hot channels follow the cycle more than warm ones', () => {
    const ratio = (wavelength: 94 | 171) => {
      const level = (year: number) =>
        mean(
          [0, 9, 18].map((day) =>
            mean(
              renderSun({
                seed: SEED,
                time: new Date(Date.UTC(year, 3, 1 + day)),
                wavelength,
                size: 64,
                degraded: false,
              }),
            ),
          ),
        );
      return level(2014) / level(2019);
    };
    expect(ratio(94)).toBeGreaterThan(1.25);
    expect(ratio(94)).toBeGreaterThan(ratio(171));
  });

  test.each(WAVELENGTHS)('channel %i has a sensible picture', (wavelength) => {
    const image = renderSun({ seed: SEED, time: date('2014-02-01'), wavelength, size: 64 });
    expect(image.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    const disk = ringMedian(image, 64, radiusPixels(date('2014-02-01'), 64), 0, 0.9);
    const { surfaceDn, coronaDn } = channelOf(wavelength);
    const expected = (surfaceDn + coronaDn) * degradationAt(wavelength, date('2014-02-01'));
    expect(disk / expected).toBeGreaterThan(0.6);
    expect(disk / expected).toBeLessThan(2);
  });

  test('the instrument ages', () => {
    const level = (text: string) =>
      ringMedian(renderSun({ seed: SEED, time: date(text), wavelength: 304, size: 64 }), 64, 25, 0, 0.9);
    expect(level('2018-06-01') / level('2010-06-01')).toBeLessThan(0.15);
    expect(degradationAt(193, date('2014-01-01'))).toBeCloseTo(0.907, 2);
  });

  test('the same seed and time give the same picture, others another', () => {
    const request = { seed: SEED, time, wavelength: 193, size: 64 };
    const first = renderSun(request);
    renderSun({ ...request, time: date('2012-01-01') });
    expect(renderSun(request)).toEqual(first);
    expect(renderSun({ ...request, seed: SEED + 1 })).not.toEqual(first);
  });

  test('small pictures are means of large ones', () => {
    const small = renderSun({ seed: SEED, time, wavelength: 193, size: 64 });
    for (const [from, to] of [
      [0, 0.5],
      [0.5, 0.9],
      [1.06, 1.2],
    ] as const) {
      const ratio = ringMedian(small, 64, radiusPixels(time, 64), from, to) / ring(from, to);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.08);
    }
  });
});

describe('rotation in pictures', () => {
  /** Brightness along a circle of latitude, by longitude from the central meridian in steps of a quarter degree. */
  function strip(time: Date, latitude: number): Float64Array {
    const size = 512;
    const image = renderSun({ seed: SEED, time, wavelength: 1700, size });
    const { b0 } = ephemerisAt(time);
    const radius = radiusPixels(time, size) * 1.007;
    const result = new Float64Array(361);
    for (let step = 0; step <= 360; step++) {
      const longitude = (step / 4 - 45) * DEGREE;
      let sum = 0;
      for (const offset of [-1.5, -0.75, 0, 0.75, 1.5]) {
        const b = (latitude + offset) * DEGREE;
        const x = Math.cos(b) * Math.sin(longitude);
        const y = Math.sin(b) * Math.cos(b0) - Math.cos(b) * Math.cos(longitude) * Math.sin(b0);
        sum +=
          image[Math.round((size - 1) / 2 + y * radius) * size + Math.round((size - 1) / 2 + x * radius)]!;
      }
      result[step] = Math.log(sum);
    }
    return result;
  }

  function shiftBetween(first: Float64Array, second: Float64Array): number {
    let best = { shift: 0, value: Number.NEGATIVE_INFINITY };
    for (let shift = 0; shift <= 100; shift++) {
      const a = first.subarray(0, first.length - shift);
      const b = second.subarray(shift);
      const [ma, mb] = [mean(a), mean(b)];
      let product = 0;
      let aa = 0;
      let bb = 0;
      for (let i = 0; i < a.length; i++) {
        product += (a[i]! - ma) * (b[i]! - mb);
        aa += (a[i]! - ma) ** 2;
        bb += (b[i]! - mb) ** 2;
      }
      const value = product / Math.sqrt(aa * bb);
      if (value > best.value) best = { shift: shift / 4, value };
    }
    return best.shift;
  }

  test.each([-5, 40])('the pattern at latitude %i turns at its own rate', (latitude) => {
    const start = date('2019-06-03T00:00:00Z');
    const day = new Date(start.getTime() + 86_400_000);
    const synodic = rotationRate(Math.sin(latitude * DEGREE)) - 0.956;
    expect(Math.abs(shiftBetween(strip(start, latitude), strip(day, latitude)) - synodic)).toBeLessThan(0.5);
  });
});

test('texture has zero mean, unit variance and no seam', () => {
  const places = createPlaces(20_000);
  places.count = 20_000;
  for (let i = 0; i < places.count; i++) {
    const z = -1 + (2 * i) / places.count;
    const ring = Math.sqrt(1 - z * z);
    places.x[i] = ring * Math.cos(i * 2.399963);
    places.y[i] = ring * Math.sin(i * 2.399963);
    places.z[i] = z;
  }
  const field = createField('test', 0.05);
  const samples = new Float64Array(places.count);
  field.addTo(places, 1, samples);
  expect(Math.abs(mean(samples))).toBeLessThan(0.15);
  expect(Math.abs(mean(samples.map((value) => value * value)) - 0.9)).toBeLessThan(0.25);

  const seam = createPlaces(2);
  seam.count = 2;
  seam.x.fill(1);
  seam.y.set([1e-6, -1e-6]);
  const sides = new Float64Array(2);
  field.addTo(seam, 1, sides);
  expect(Math.abs(sides[0]! - sides[1]!)).toBeLessThan(1e-3);
});
