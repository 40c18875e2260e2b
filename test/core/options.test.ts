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
    const nameOf = (path: readonly PropertyKey[]) => `<${path.map(String)}>`;
    expect(() => parseOptions(schema, {}, 'test', nameOf)).toThrow(/<fromDate> is missing/);
    expect(() => parseOptions(schema, { fromDate: 'x', jbos: 1 }, 'test')).toThrow(
      /unknown option 'jbos', did you mean 'jobs'\?/,
    );
  });
});

it.each([
  [z.int(), 1.5, '--x: must be a whole number'],
  [z.number(), Number.POSITIVE_INFINITY, '--x: must be a number'],
  [z.number().min(0), -1, '--x: must be at least 0'],
  [z.number().positive(), 0, '--x: must be more than 0'],
  [z.int().max(10), 11, '--x: must be at most 10'],
  [z.string(), 20140101, '--x: must be text'],
  [z.array(z.string()).min(1, 'name at least one'), [], '--x: name at least one'],
  [z.number().min(3, 'three at least'), 1, '--x: three at least'],
])('what is wrong is said without the words of the validator: %#', (type, x, message) => {
  expect(() => parseOptions(z.strictObject({ x: type }), { x }, 'test')).toThrow(
    expect.objectContaining({ message }),
  );
});

describe('names', () => {
  it('turns keys into flags', () => expect(flagName('fromDate')).toBe('--from-date'));
  it('finds near words only', () => {
    expect(closest('curat', ['curate', 'train'])).toBe('curate');
    expect(closest('xyz', ['curate', 'train'])).toBeUndefined();
  });
});
