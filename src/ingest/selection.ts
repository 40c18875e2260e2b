/** Which frames of the catalog a command looks at: one set of options for all that ask. */
import { z } from 'zod';
import type { FrameFilter } from '../catalog/index.ts';
import { requireOrder, resolveTime } from './slots.ts';

export const frameSelection = z.strictObject({
  source: z.string().optional().describe('only this source'),
  product: z.string().optional().describe('only this product'),
  wavelength: z.number().optional().describe('only this channel'),
  from: z.string().optional().describe('slots at or after this UTC time, or an age such as 30d'),
  to: z.string().optional().describe('slots before this UTC time, or an age'),
});

/** Of an empty range nothing is missing or damaged, which would be no answer to what was meant: it is wrong usage. */
export function filterOf(
  { source, product, wavelength, from, to }: z.output<typeof frameSelection>,
  now: Date,
): FrameFilter {
  const start = from === undefined ? undefined : resolveTime(from, now, '--from');
  const end = to === undefined ? undefined : resolveTime(to, now, '--to');
  if (start !== undefined && end !== undefined) requireOrder({ from: start, to: end }, from!, to!);
  return {
    ...(source === undefined ? {} : { source }),
    ...(product === undefined ? {} : { product }),
    ...(wavelength === undefined ? {} : { wavelength }),
    ...(start === undefined ? {} : { from: new Date(start).toISOString() }),
    ...(end === undefined ? {} : { to: new Date(end).toISOString() }),
  };
}
