import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Split } from '../../src/catalog/index.ts';
import { planSplits, splitOf, widenGuards } from '../../src/curate/splits.ts';

const DAY_MS = 86_400_000;

/** One frame a day. */
function daily(from: string, days: number, activity: (day: number) => number | null = () => null) {
  const start = Date.parse(`${from}T12:00:00Z`);
  return Array.from({ length: days }, (_, day) => ({
    time: new Date(start + day * DAY_MS).toISOString(),
    activity: activity(day),
  }));
}

const options = { seed: 1, guardDays: 3 };

function plan(frames: ReturnType<typeof daily>, assigned = new Map<string, Split>(), chosen = options) {
  const splits = new Map(assigned);
  for (const { unit, split } of planSplits(frames, assigned, chosen).rows) splits.set(unit, split);
  return splits;
}

function share(frames: ReturnType<typeof daily>, splits: Map<string, Split>, split: Split): number {
  return frames.filter((frame) => splitOf(frame.time, splits) === split).length / frames.length;
}

describe('months', () => {
  const years = daily('2012-01-01', 4 * 365, (day) => 100 + 50 * Math.sin(day / 300));

  test('every frame belongs somewhere, about 70 : 15 : 15', () => {
    const splits = plan(years);
    expect(share(years, splits, 'train')).toBeGreaterThan(0.6);
    expect(share(years, splits, 'validation')).toBeGreaterThan(0.1);
    expect(share(years, splits, 'test')).toBeGreaterThan(0.1);
    expect(share(years, splits, 'guard')).toBeLessThan(0.1);
    const named = ['train', 'validation', 'test', 'guard'] as const;
    expect(named.reduce((sum, split) => sum + share(years, splits, split), 0)).toBeCloseTo(1, 12);
  });

  test('no two frames of different splits are nearer than the guard', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), (seed) => {
        const splits = plan(years, new Map(), { seed, guardDays: 3 });
        let last: { split: Split; time: number } | undefined;
        for (const frame of years) {
          const split = splitOf(frame.time, splits)!;
          if (split === 'guard') continue;
          const time = Date.parse(frame.time);
          if (last && last.split !== split) expect(time - last.time).toBeGreaterThanOrEqual(4 * DAY_MS);
          last = { split, time };
        }
      }),
      { numRuns: 20 },
    );
  });

  test('the seed decides, and decides the same again', () => {
    expect([...plan(years)]).toEqual([...plan(years)]);
    expect([...plan(years)]).not.toEqual([...plan(years, new Map(), { seed: 2, guardDays: 3 })]);
  });

  test('each split has quiet and active months', () => {
    const frames = daily('2012-01-01', 8 * 365, (day) => (Math.floor(day / 30.4) % 3) * 100);
    const splits = plan(frames);
    for (const split of ['train', 'validation', 'test'] as const) {
      const levels = new Set(frames.filter((f) => splitOf(f.time, splits) === split).map((f) => f.activity));
      expect(levels.size).toBe(3);
    }
  });

  test('three months give one to each', () => {
    const months = daily('2014-03-01', 90);
    const sides = new Set(plan(months).values());
    expect(sides).toEqual(new Set(['train', 'validation', 'test', 'guard']));
  });

  test('more data never move a frame', () => {
    let splits = plan(years.slice(0, 400));
    const before = years.slice(0, 400).map((frame) => splitOf(frame.time, splits));
    splits = plan(years, splits);
    expect(years.slice(0, 400).map((frame) => splitOf(frame.time, splits))).toEqual(before);
    splits = plan([...daily('2011-06-01', 214), ...years], splits);
    expect(years.slice(0, 400).map((frame) => splitOf(frame.time, splits))).toEqual(before);
  });
});

describe('fewer than three months: runs of days', () => {
  test('a month', () => {
    const month = daily('2017-01-01', 31);
    const splits = plan(month);
    const run = month.map((frame) => splitOf(frame.time, splits)![0]).join('');
    expect(run).toBe(`${'t'.repeat(21)}g${'v'.repeat(4)}g${'t'.repeat(4)}`);
  });

  test.each([3, 4, 5, 8, 18])('%i days give all three splits', (days) => {
    const splits = new Set(plan(daily('2017-01-03', days)).values());
    for (const split of ['train', 'validation', 'test'] as const) expect(splits).toContain(split);
  });

  test('one day is for training', () => {
    expect([...plan(daily('2017-01-03', 1)).values()]).toEqual(['train']);
  });

  test('single later days join their neighbour; a long run gets its own three parts', () => {
    const month = plan(daily('2017-01-01', 28));
    expect(splitOf('2017-01-29T00', plan(daily('2017-01-29', 1), month))).toBe('test');
    const february = daily('2017-02-01', 28);
    const splits = plan(february, month);
    expect(splitOf('2017-02-01', splits)).toBe('guard');
    expect(share(february, splits, 'train')).toBeGreaterThan(0.5);
  });
});

describe('whatever comes when, frames of different splits are apart', () => {
  /** Days between two neighbouring frames of different splits, at least. */
  function closest(frames: ReturnType<typeof daily>, splits: ReadonlyMap<string, Split>): number {
    const dated = frames
      .map(({ time }) => ({ time: Date.parse(time), split: splitOf(time, splits)! }))
      .filter(({ split }) => split !== 'guard')
      .sort((a, b) => a.time - b.time);
    const distances = dated.flatMap(({ time, split }, i) =>
      i > 0 && dated[i - 1]!.split !== split ? [(time - dated[i - 1]!.time) / DAY_MS] : [],
    );
    return Math.min(...distances);
  }

  test('months that begin where runs of days end', () => {
    const [first, rest] = [daily('2014-01-01', 10), daily('2014-01-11', 80)];
    const splits = plan(rest, plan(first));
    // The two boundaries inside the run of days have one day.
    expect(closest([...first.slice(-1), ...rest], splits)).toBeGreaterThanOrEqual(4);
  });

  test('days before and between those that have their split', () => {
    const [later, earlier] = [daily('2014-01-20', 10), daily('2014-01-05', 15)];
    expect(closest([...earlier, ...later], plan(earlier, plan(later)))).toBeGreaterThanOrEqual(2);
    const all = daily('2014-01-01', 30);
    const some = all.filter((_, i) => i % 3 === 0);
    const splits = plan(
      all.filter((_, i) => i % 3 !== 0),
      plan(some),
    );
    expect(closest(all, splits)).toBeGreaterThanOrEqual(2);
  });

  test('months in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 6 }), (order) => {
        const months = order.map((month) => daily(`2014-${String(month + 1).padStart(2, '0')}-01`, 28));
        let splits = plan(months.slice(0, 3).flat());
        for (const month of months.slice(3)) splits = plan(month, splits);
        expect(closest(months.flat(), splits)).toBeGreaterThanOrEqual(4);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('a dataset that asks for more days has them, whatever was drawn before', () => {
    const year = daily('2014-01-01', 365);
    const drawn = plan(year);
    expect(widenGuards(drawn, 3)).toEqual(drawn);
    const splits = widenGuards(drawn, 14);
    expect(closest(year, splits)).toBeGreaterThanOrEqual(15);
    for (const { time } of year) expect([splitOf(time, drawn), 'guard']).toContain(splitOf(time, splits));
  });
});
