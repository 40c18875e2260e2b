import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { closest, flagName, parseOptions } from '../../src/core/options.ts';

const schema = z.strictObject({ fromDate: z.string(), jobs: z.number().default(2) });

describe('parseOptions', () => {
  it('fills defaults', () => {
    expect(parseOptions(schema, { fromDate: 'x' }, 'test')).toEqual({ fromDate: 'x', jobs: 2 });
  });

  it('names the flag that is wrong or missing, and suggests the near one', () => {
    expect(() => parseOptions(schema, {}, 'test')).toThrow(/--from-date is missing/);
    expect(() => parseOptions(schema, {}, 'test', ['fromDate'])).toThrow(/<fromDate> is missing/);
    expect(() => parseOptions(schema, { fromDate: 'x', jbos: 1 }, 'test')).toThrow(
      /unknown option 'jbos', did you mean 'jobs'\?/,
    );
  });
});

describe('names', () => {
  it('turns keys into flags', () => expect(flagName('fromDate')).toBe('--from-date'));
  it('finds near words only', () => {
    expect(closest('curat', ['curate', 'train'])).toBe('curate');
    expect(closest('xyz', ['curate', 'train'])).toBeUndefined();
  });
});
