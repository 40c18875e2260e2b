/** Options of `ingest`: one schema, from which the command line makes its flags and help. */
import { z } from 'zod';
import { HOST_LIMIT } from './http/host-limits.ts';
import { AIA_WAVELENGTHS } from './products.ts';
import { TABLE_NAMES } from './tables.ts';

const SOURCE_NAMES = ['synoptic', 'synoptic-nrt', 'jsoc', 'hmi', 'heliocloud', 'files'] as const;

export const ingestOptions = z.strictObject({
  source: z
    .enum(SOURCE_NAMES)
    .default('synoptic')
    .describe('where frames come from: an archive, or files for a folder that you have'),
  wavelength: z
    .array(
      z
        .number()
        .refine(
          (value) => AIA_WAVELENGTHS.includes(value),
          `not an AIA channel; the channels are ${AIA_WAVELENGTHS.join(', ')}`,
        ),
    )
    .default([])
    .describe(
      'channels in angstrom; an archive needs at least one, a folder gives all it has when none is named',
    ),
  from: z.string().optional().describe('first slot: a UTC time, or an age such as 30d; an archive needs it'),
  to: z.string().default('now').describe('end of the range, not included: a UTC time, an age, or now'),
  cadence: z.string().default('6h').describe('time between slots, counted from midnight UTC: 2m, 1h, 6h, 1d'),
  search: z
    .string()
    .default('0s')
    .describe(
      'how far from a slot to look for another frame when its own is missing or flagged; 0s: nowhere',
    ),
  product: z.string().optional().describe('series, where a source has several'),
  path: z.string().optional().describe('the folder of --source files; searched with all its subfolders'),
  baseUrl: z
    .string()
    .optional()
    .describe(
      'address of a mirror, instead of the address of the source; several, best first, with commas between',
    ),
  fallback: z
    .enum(['jsoc', 'heliocloud'])
    .optional()
    .describe('source that is asked for what this one could not give'),
  fallbackUrl: z.string().optional().describe('like --base-url, for the fallback'),
  contact: z
    .email()
    .optional()
    .describe('e-mail address registered with JSOC: frames that are not on disk are then exported'),
  tables: z
    .array(z.enum(TABLE_NAMES))
    .default([])
    .describe('auxiliary tables to fetch into the cache; alone, without --from, nothing else is fetched'),
  tableUrl: z.string().optional().describe('address of a mirror that holds the tables by their file names'),
  retries: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(4)
    .describe('further tries of a request that failed, with growing pauses'),
  timeout: z.string().default('90s').describe('longest silence of a server before a try is given up'),
  totalTimeout: z
    .string()
    .default('1h')
    .describe('longest time of one try of a file; the next try goes on where it ended'),
  maxTries: z
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('runs that find the file of a slot corrupt before it is left alone'),
  revisit: z
    .string()
    .default('14d')
    .describe('absent slots younger than this are asked for again: archives publish late'),
  deadline: z
    .string()
    .optional()
    .describe('longest time for the whole run, such as 50m; what is not done then is left to the next'),
  maxMbPerSecond: z
    .number()
    .positive()
    .optional()
    .describe('largest rate of all transfers together, in MB/s'),
  hostConnections: z
    .array(z.string().regex(HOST_LIMIT, 'write HOST=NUMBER, such as mirror.example=8'))
    .default([])
    .describe('connections to single hosts, HOST=NUMBER; never more than is polite to a public archive'),
  hostMbPerSecond: z
    .array(z.string().regex(HOST_LIMIT, 'write HOST=MB/S, such as jsoc.stanford.edu=0.5'))
    .default([])
    .describe('largest rate of single hosts, HOST=MB/S'),
  minFreeGb: z
    .number()
    .min(0)
    .default(1)
    .describe('free space that is left on the disk, in GB; below it the run stops'),
  maxFileMb: z.number().positive().default(256).describe('largest file taken from a server, in MB'),
});

export type IngestOptions = z.output<typeof ingestOptions>;
