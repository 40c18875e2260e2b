/** Options of `curate`; the command line makes its flags and help of them. */
import { z } from 'zod';
import { HMI_CHANNELS } from './channels.ts';
import { TRANSFORM_NAMES } from './transforms/index.ts';

const NAME = /^[a-z0-9][a-z0-9._-]*$/;

export const curateOptions = z.strictObject({
  wavelength: z
    .union([z.array(z.coerce.number().int()), z.coerce.number().int()])
    .default([193])
    .describe(
      'AIA wavelengths in angstrom; several make one picture of several channels, the first sets the times',
    ),
  with: z.array(z.enum(HMI_CHANNELS)).default([]).describe('HMI observables as further channels'),
  tolerance: z
    .string()
    .default('10m')
    .describe('largest distance in time of the further channels from the first'),
  size: z
    .union([z.literal('auto'), z.coerce.number().int()])
    .default('auto')
    .describe(
      "pixels a side of the largest level, a power of two; 'auto': the largest that the frames allow",
    ),
  name: z
    .string()
    .regex(NAME, 'use small letters, digits, dots and dashes')
    .optional()
    .describe('name of the dataset [aia-<wavelengths>]'),
  source: z.string().optional().describe('use frames of this source only (synoptic, files, ...) [all]'),
  from: z.string().optional().describe('use frames from this time on'),
  to: z.string().optional().describe('use frames before this time'),
  cadence: z
    .string()
    .optional()
    .describe('one frame every so often (6h), counted from midnight UTC [every frame]'),
  substitute: z
    .string()
    .optional()
    .describe(
      'with --cadence: take the nearest good frame within this time when that of the slot is bad or absent',
    ),
  transform: z
    .enum(['auto', ...TRANSFORM_NAMES])
    .default('auto')
    .describe("intensity transform of the AIA channels; 'auto' is log1p"),
  pointing: z
    .enum(['header', 'table'])
    .default('header')
    .describe('pointing of level 1 frames: of their headers, or of the master pointing table'),
  pointingTable: z.string().optional().describe('CSV of aia.master_pointing3h [the one in the cache]'),
  degradation: z
    .enum(['none', 'v10', 'empirical'])
    .default('none')
    .describe(
      'correction for lost sensitivity: the response table, or a fit to the quiet Sun of the catalog',
    ),
  responseTable: z
    .string()
    .optional()
    .describe('response table, aia_V10_..._response_table.txt [the one in the cache]'),
  fixedRadius: z.coerce
    .number()
    .min(600)
    .max(1200)
    .optional()
    .describe('scale every disk to this radius in arc seconds (976 is that of January) [as observed]'),
  respike: z
    .boolean()
    .default(false)
    .describe('put back what despiking removed from level 1 frames, from the .spikes file beside each'),
  strict: z.boolean().default(false).describe('accept QUALITY 0 only'),
  nrt: z.boolean().default(false).describe('accept near-real-time frames (QUALITY bit 30)'),
  exposureTolerance: z.coerce
    .number()
    .positive()
    .default(0.0345)
    .describe('largest relative deviation of the exposure from the nominal one (shorter: flare exposures)'),
  slotTolerance: z.string().default('2m').describe('largest distance of the observation from its slot'),
  limit: z
    .array(z.string().regex(/^[a-z-]+=-?[0-9.e+-]+$/, 'write rule=value, such as dark=50'))
    .default([])
    .describe('other limits of rules, as rule=value; the card lists rules and scores'),
  blockList: z
    .string()
    .optional()
    .describe('file of known bad times: one "from to [channels] # reason" a line'),
  rescreen: z
    .boolean()
    .default(false)
    .describe('decide anew on frames that were judged, with these limits, from stored scores'),
  balance: z
    .enum(['none', 'f107'])
    .default('none')
    .describe('even out quiet and active times by the 81-day mean of the F10.7 radio flux'),
  balanceCap: z.coerce
    .number()
    .int()
    .positive()
    .default(10_000)
    .describe('with --balance: frames of each level of activity (below 80, to 120, above) at most'),
  fluxTable: z.string().optional().describe('F10.7 table of GFZ Potsdam [the one in the cache]'),
  seed: z.coerce.number().int().default(1).describe('seed of the assignment of months to splits'),
  guardDays: z.coerce
    .number()
    .int()
    .min(0)
    .default(3)
    .describe('days left out where two months of different splits meet (14 for strict independence)'),
});

export type CurateOptions = z.output<typeof curateOptions>;

/** Channel names in the order of the arrays: wavelengths as given, then HMI. */
export function channelNames(options: Pick<CurateOptions, 'wavelength' | 'with'>): string[] {
  const wavelengths = Array.isArray(options.wavelength) ? options.wavelength : [options.wavelength];
  return [...new Set([...wavelengths.map(String), ...options.with])];
}

/** The name given, or the one that the channels make: `aia-193`, `aia-171-193-hmi-m`. */
export function datasetName(options: Pick<CurateOptions, 'wavelength' | 'with' | 'name'>): string {
  if (options.name !== undefined) return options.name;
  const names = channelNames(options);
  return names[0]?.startsWith('hmi') ? names.join('-') : `aia-${names.join('-')}`;
}
