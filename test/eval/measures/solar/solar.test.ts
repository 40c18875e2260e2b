import { describe, expect, it } from 'vitest';
import {
  createDisk,
  limbRadius,
  radialProfile,
  scaleHeight,
} from '../../../../src/eval/measures/solar/disk.ts';
import { measureSun, QUANTITIES } from '../../../../src/eval/measures/solar/quantities.ts';
import { findRegions } from '../../../../src/eval/measures/solar/regions.ts';
import { symmetryOf } from '../../../../src/eval/measures/solar/symmetry.ts';
import { CURVES } from '../../../../src/eval/metrics/solar-sets.ts';

const SIZE = 128;
const RADIUS = 50;
const HEIGHT = 0.1;

interface Spot {
  /** From the disk centre in pixels, north up. */
  x: number;
  y: number;
  radius: number;
  factor: number;
}

/** A flat disk of 200 DN with a corona of scale height 0.1 radii, and spots. */
function sun(spots: Spot[] = []): Float32Array {
  const centre = (SIZE - 1) / 2;
  return Float32Array.from({ length: SIZE * SIZE }, (_, pixel) => {
    const [x, y] = [(pixel % SIZE) - centre, Math.floor(pixel / SIZE) - centre];
    const r = Math.hypot(x, y) / RADIUS;
    const quiet = r < 1 ? 200 : 100 * Math.exp((1 - r) / HEIGHT);
    return spots.reduce(
      (value, s) => (Math.hypot(x - s.x, y - s.y) < s.radius ? quiet * s.factor : value),
      quiet,
    );
  });
}

const disk = createDisk(SIZE, RADIUS);

describe('limb and corona', () => {
  const profile = radialProfile(sun(), SIZE);

  it('finds the limb within half a pixel', () => {
    expect(Math.abs(limbRadius(profile)! - RADIUS)).toBeLessThan(0.5);
  });

  it('finds the scale height that was put in', () => {
    expect(scaleHeight(profile, RADIUS)).toBeCloseTo(HEIGHT, 2);
  });

  it('has none where the picture is flat', () => {
    const flat = radialProfile(new Float32Array(SIZE * SIZE).fill(5), SIZE);
    expect(limbRadius(flat)).toBeUndefined();
    expect(scaleHeight(flat, RADIUS)).toBeUndefined();
  });
});

describe('regions', () => {
  it('finds area, count and latitude of bright and dark ones', () => {
    const spots = [
      { x: -20, y: 20, radius: 6, factor: 5 },
      { x: 15, y: -20, radius: 6, factor: 5 },
      { x: 0, y: 35, radius: 8, factor: 0.1 },
    ];
    const { active, holes } = findRegions(sun(spots), disk);
    expect(active.count).toBe(2);
    expect(holes.count).toBe(1);
    expect(active.latitude).toBeCloseTo((Math.asin(20 / RADIUS) * 180) / Math.PI, 0);
    expect(holes.latitude).toBeGreaterThan(40);
    const share = (radius: number) => radius ** 2 / (0.95 * RADIUS) ** 2;
    expect(active.area).toBeGreaterThan(2 * share(5));
    expect(active.area).toBeLessThan(2 * share(7.5));
    expect(holes.area).toBeGreaterThan(share(6));
  });

  it('leaves out specks, and says that there is no latitude without regions', () => {
    const { active, holes } = findRegions(sun([{ x: 3.5, y: 3.5, radius: 0.8, factor: 4 }]), disk);
    expect(active.count).toBe(0);
    expect(active.latitude).toBeUndefined();
    expect(holes.area).toBe(0);
  });
});

describe('symmetry', () => {
  it('is complete on a symmetric disk and sees on which side a region stands', () => {
    const spot = { x: 0, y: 20, radius: 5, factor: 4 };
    const north = symmetryOf(sun([spot]), disk);
    expect(north.eastWest).toBeCloseTo(1, 6);
    expect(north.northSouth).toBeLessThan(0.5);
    expect(north.brightnessBias).toBeCloseTo(0, 6);
    const east = symmetryOf(sun([{ ...spot, x: -20 }]), disk);
    const west = symmetryOf(sun([{ ...spot, x: 20 }]), disk);
    expect(east.brightnessBias).toBeGreaterThan(0.01);
    expect(west.brightnessBias).toBeCloseTo(-east.brightnessBias, 5);
    expect(east.contrastBias).toBeGreaterThan(0);
    expect(west.contrastBias).toBeCloseTo(-east.contrastBias, 2);
  });
});

describe('all quantities of one picture', () => {
  const quiet = measureSun(sun(), disk);

  it('tells the brightness of the continuum, far above what the camera of AIA counts', () => {
    const peak = Math.max(...sun());
    const upTo = (high: number) =>
      measureSun(
        sun().map((value) => (value * high) / peak),
        disk,
      ).distribution;
    const { distance } = CURVES[0];
    expect(distance(upTo(80_000), upTo(40_000))).toBeCloseTo(Math.log10(2), 1);
    expect(distance(upTo(16_000), upTo(8000))).toBeCloseTo(Math.log10(2), 1);
  });

  it('every row of the table has a value', () => {
    expect(Object.keys(quiet.values).sort()).toEqual(QUANTITIES.map(({ key }) => key as string).sort());
  });

  it('are linear in DN where they should be', () => {
    const doubled = measureSun(
      sun().map((value) => 2 * value),
      disk,
    );
    expect(doubled.values.flux / quiet.values.flux).toBeCloseTo(2, 5);
    expect(doubled.values.p99 / quiet.values.p99).toBeCloseTo(2, 5);
    expect(doubled.values['limb-radius']).toBeCloseTo(quiet.values['limb-radius'], 3);
    expect(doubled.values['scale-height']).toBeCloseTo(quiet.values['scale-height'], 6);
  });

  it('the distribution rises from 0 to 1 and the spectrum falls', () => {
    const { distribution, spectrum } = quiet;
    expect(distribution[0]).toBeLessThan(0.5);
    expect(distribution.at(-1)).toBe(1);
    expect([...distribution].every((value, i) => i === 0 || value >= distribution[i - 1])).toBe(true);
    expect(spectrum[2]).toBeGreaterThan(100 * spectrum[60]);
  });
});
