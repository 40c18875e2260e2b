import { describe, expect, test } from 'vitest';
import { LevelHistory, levelsAround, type TimedLevel } from '../../src/curate/level-history.ts';
import { diskLevel } from '../../src/curate/rules/disk-level.ts';

const HOUR_MS = 3_600_000;
const LIMIT = diskLevel.limit({} as never)!;

/** One level every `hours`, from time 0 on. */
function levels(values: readonly number[], hours: number): TimedLevel[] {
  return values.map((value, i) => ({ timeMs: i * hours * HOUR_MS, value }));
}

describe('a frame a day', () => {
  const quiet = levels([180, 181, 179, 180, 182, 178, 180, 181], 24);

  test('a region that turns into view and lifts the disk by half in some days is no fault', () => {
    const history = new LevelHistory(quiet);
    [200, 220, 240, 255, 262, 270].forEach((value, day) => {
      const level = { timeMs: (quiet.length + day) * 24 * HOUR_MS, value };
      expect(history.distance(level)!.distance).toBeLessThan(LIMIT);
      history.add(level);
    });
  });

  test('another channel is one', () => {
    for (const value of [40, 80, 400]) {
      const level = { timeMs: quiet.length * 24 * HOUR_MS, value };
      expect(new LevelHistory(quiet).distance(level)!.distance).toBeGreaterThan(LIMIT);
      expect(levelsAround(quiet, 0)(level)!.distance).toBeGreaterThan(LIMIT);
    }
  });
});

test('four frames of the last two days are a stricter reference than a fortnight', () => {
  const history = new LevelHistory(levels(new Array(30).fill(180), 6));
  const next = { timeMs: 30 * 6 * HOUR_MS, value: 240 };
  expect(history.distance(next)!.distance).toBeGreaterThan(LIMIT);
  expect(history.distance({ ...next, value: 215 })!.distance).toBeLessThan(LIMIT);
});

test('five frames in a fortnight say nothing', () => {
  const history = new LevelHistory(levels([180, 180, 180, 180, 180], 48));
  expect(history.distance({ timeMs: 5 * 48 * HOUR_MS, value: 900 })).toBeUndefined();
});
