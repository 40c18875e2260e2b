import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderSun } from '../../src/simulate/index.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { frame, idOf, readFrame, ringMedian } from './support.ts';

const SIZE = 256;

function diskPercentiles(
  data: Float32Array,
  size: number,
  radius: number,
  shares: readonly number[],
): number[] {
  const centre = (size - 1) / 2;
  const values = data
    .filter((_, i) => Math.hypot((i % size) - centre, Math.floor(i / size) - centre) < radius)
    .sort();
  return shares.map((share) => values[Math.floor(share * values.length)]!);
}

/** Means of 4 x 4 pixels. */
function reduce(data: Float32Array, size: number): Float32Array {
  const result = new Float32Array((size / 4) ** 2);
  for (let i = 0; i < data.length; i++) {
    const to = Math.floor(Math.floor(i / size) / 4) * (size / 4) + Math.floor((i % size) / 4);
    result[to]! += (Number.isNaN(data[i]!) ? 0 : data[i]!) / 16;
  }
  return result;
}

describeWithRealData('levels against real synoptic frames', (folder) => {
  // Another Sun on the same day: quiet levels agree closely, what active regions decide only in order of magnitude.
  test.each([
    ['aia20170103_2300_0193', 193, '2017-01-03T23:00:00Z'],
    ['aia20140101_0000_0094', 94, '2014-01-01T00:00:00Z'],
    ['aia20140101_0000_0171', 171, '2014-01-01T00:00:00Z'],
    ['aia20140101_0000_0211', 211, '2014-01-01T00:00:00Z'],
    ['aia20140101_0000_0335', 335, '2014-01-01T00:00:00Z'],
  ] as const)('%s', (name, wavelength, time) => {
    const real = readFrame(readFileSync(join(folder, 'aia-synoptic-1024', `${name}.fits`)));
    const radius = (real.header['RSUN_OBS'] as number) / 9.6;
    const shares = [0.25, 0.5, 0.75, 0.99];
    const seen = diskPercentiles(reduce(real.data, 1024), SIZE, radius, shares);
    const suns = [1, 2, 3, 4, 5, 6].map((seed) =>
      diskPercentiles(
        renderSun({ seed, time: new Date(time), wavelength, size: SIZE }),
        SIZE,
        radius,
        shares,
      ),
    );
    shares.forEach((share, i) => {
      const typical = suns.map((percentiles) => percentiles[i]!).sort((a, b) => a - b)[3]!;
      const limit = share === 0.5 ? 1.5 : share < 0.9 ? 1.8 : 3.5;
      expect(typical / seen[i]!).toBeLessThan(limit);
      expect(typical / seen[i]!).toBeGreaterThan(1 / limit);
    });
  });

  test('193 in January 2017: median profile from disk centre to 1.2 radii', () => {
    const edges = [0, 0.3, 0.6, 0.8, 0.9, 0.95, 1, 1.03, 1.08, 1.14, 1.2];
    const days = ['05', '11', '17'];
    const profile = (data: Float32Array, size: number, radius: number) =>
      edges.slice(1).map((to, i) => ringMedian(data, size, radius, edges[i]!, to));
    const typical = (profiles: number[][]) =>
      edges
        .slice(1)
        .map((_, i) => profiles.map((one) => one[i]!).sort((a, b) => a - b)[profiles.length >> 1]!);
    const size = 128;
    const radius = 975.3 / (2.4 * 8);
    const seen = days.map((day) => {
      const path = join(folder, 'aia-synoptic-1024', `aia201701${day}_2300_0193.fits`);
      return profile(reduce(readFrame(readFileSync(path)).data, 1024), 256, radius * 2);
    });
    // One rotation of the real Sun against many Suns: what lies at disk centre differs most.
    const made = days.flatMap((day, k) =>
      [1, 2, 3, 4, 5, 6].map((seed) => {
        const time = new Date(`2017-01-${day}T23:00:00Z`);
        return profile(renderSun({ seed: seed * 10 + k, time, wavelength: 193, size }), size, radius);
      }),
    );
    const ratios = typical(made).map((value, i) => value / typical(seen)[i]!);
    for (const ratio of ratios) {
      expect(ratio).toBeLessThan(1.15);
      expect(ratio).toBeGreaterThan(0.85);
    }
  });

  test('headers have every keyword of the real file, in its order', () => {
    const real = readFrame(readFileSync(join(folder, 'aia-synoptic-1024', 'aia20170103_2300_0193.fits')));
    const made = frame(idOf('2017-01-03T23:00:00Z'), 32);
    const isOurs = (keyword: string) => /^(SIMULATD|SIMSEED|COMMENT|HISTORY|)$/.test(keyword);
    const isScaling = (keyword: string) =>
      /^(BSCALE|BZERO|BLANK|CHECKSUM|DATASUM|EXTNAME|SIMPLE|XTENSION|EXTEND|PCOUNT|GCOUNT)$/.test(keyword);
    const order = (keywords: string[]) =>
      keywords.filter((keyword) => !isOurs(keyword) && !isScaling(keyword));
    expect(order(made.keywords)).toEqual(order(real.keywords));
  });
});
