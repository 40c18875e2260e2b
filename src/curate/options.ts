/** Options of `curate`; the command line makes its flags and help of them. */
import { z } from 'zod';
import { TRANSFORM_NAMES } from './transforms/index.ts';

export const curateOptions = z.strictObject({
  wavelength: z.coerce.number().int().default(193).describe('wavelength in angstrom'),
  size: z
    .union([z.literal('auto'), z.coerce.number().int()])
    .default('auto')
    .describe(
      "pixels a side of the largest level, a power of two; 'auto': the largest that the frames allow",
    ),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use small letters, digits, dots and dashes')
    .optional()
    .describe('name of the dataset [aia-<wavelength>]'),
  source: z.string().optional().describe('use frames of this source only (synoptic, files, ...) [all]'),
  from: z.string().optional().describe('use frames from this time on'),
  to: z.string().optional().describe('use frames before this time'),
  transform: z.enum(TRANSFORM_NAMES).default('log1p').describe('intensity transform'),
  strict: z.boolean().default(false).describe('accept QUALITY 0 only'),
  nrt: z.boolean().default(false).describe('accept near-real-time frames (QUALITY bit 30)'),
  exposureTolerance: z.coerce
    .number()
    .positive()
    .default(0.0345)
    .describe('largest relative deviation of the exposure from the nominal one (shorter: flare exposures)'),
  slotTolerance: z.string().default('2m').describe('largest distance of the observation from its slot'),
  seed: z.coerce.number().int().default(1).describe('seed of the assignment of months to splits'),
  guardDays: z.coerce
    .number()
    .int()
    .min(0)
    .default(3)
    .describe('days left out where two months of different splits meet (14 for strict independence)'),
});

export type CurateOptions = z.output<typeof curateOptions>;
