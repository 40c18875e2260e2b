import { describe, expect, it } from 'vitest';
import { formatTime, monthOf, parseTime, requireDuration, requireTime } from '../../src/core/time.ts';

describe('parseTime', () => {
  it.each([
    ['2017-01-03T23:00:05.84Z', '2017-01-03T23:00:05.840Z'],
    ['2017-01-03T23:00:04.84', '2017-01-03T23:00:04.840Z'],
    ['2017-01-03', '2017-01-03T00:00:00.000Z'],
    ['2017-01-03T24:00', '2017-01-04T00:00:00.000Z'],
    // Seconds that read 60 carry into the next minute, hour, day and year.
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2014-01-01T00:00:60.50Z', '2014-01-01T00:01:00.500Z'],
    // HMI's T_OBS is TAI: 35 s ahead of UTC in 2014, 37 s from 2017.
    ['2014.02.03_02:09:22_TAI', '2014-02-03T02:08:47.000Z'],
    ['2017.01.01_00:00:37_TAI', '2017-01-01T00:00:00.000Z'],
    // Just after a leap second the date of TAI is ahead of UTC's, and its seconds are still those of the day before.
    ['2016.12.31_23:59:59_TAI', '2016-12-31T23:59:23.000Z'],
    ['2017.01.01_00:00:00_TAI', '2016-12-31T23:59:24.000Z'],
    ['2017.01.01_00:00:35_TAI', '2016-12-31T23:59:59.000Z'],
    ['2012.07.01_00:00:10_TAI', '2012-06-30T23:59:36.000Z'],
    // The leap second itself, 23:59:60, carries like any 60.
    ['2017.01.01_00:00:36_TAI', '2017-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTime(text)?.toISOString()).toBe(iso);
  });

  it.each([
    '',
    'nan',
    '2017-13-01',
    '2017-02-30',
    '2017-01-01T25:00:00',
    '2017-01-01T24:30',
    '2017-01-01T24:00:01',
    '2017-01-01T00:61:00',
    'yesterday',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

describe('options', () => {
  it('reads durations with their unit and refuses others', () => {
    expect(requireDuration('12s', '--cadence')).toBe(12_000);
    expect(requireDuration('6h', '--cadence')).toBe(21_600_000);
    expect(() => requireDuration('6', '--cadence')).toThrow(/'6' is not a duration/);
    expect(() => requireDuration('0h', '--cadence')).toThrow(/not a duration/);
  });

  it('names the option of a wrong time', () => {
    expect(() => requireTime('soon', '--from')).toThrow(
      expect.objectContaining({ kind: 'usage', where: '--from' }),
    );
  });

  it('formats without empty fractions', () => {
    expect(formatTime(new Date('2014-01-31T06:00:00Z'))).toBe('2014-01-31T06:00:00Z');
    expect(monthOf(new Date('2014-01-31T23:59:59Z'))).toBe('2014-01');
  });
});
