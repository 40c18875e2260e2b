/** Options of `sungan simulate`. */
import { z } from 'zod';
import { SERVICE_NAMES } from './archive/index.ts';

export const simulateOptions = z.strictObject({
  product: z
    .enum(['aia', 'hmi'])
    .default('aia')
    .describe('instrument: AIA pictures, or HMI line-of-sight magnetograms'),
  level: z
    .enum(['1', '1.5'])
    .default('1.5')
    .describe('AIA only: 1 as downlinked, 1.5 as the synoptic directory has it'),
  wavelength: z.array(z.number().int()).default([193]).describe('AIA channels, angstrom'),
  from: z.string().default('2014-01-01').describe('first slot, UTC; of HMI in TAI, as its files are named'),
  to: z.string().default('2014-01-02').describe('end of the range, likewise, not included'),
  cadence: z.string().default('6h').describe('time between frames'),
  size: z.number().int().min(16).max(4096).default(1024).describe('pixels a side; 4096 is the detector'),
  seed: z.number().int().min(0).default(1).describe('another seed is another Sun'),
  faults: z.number().min(0).max(1).default(0).describe('share of frames with a planted fault'),
  unnoticed: z.number().min(0).max(1).default(0.15).describe('share of faults that the header does not tell'),
  absent: z.number().min(0).max(1).default(0).describe('share of slots without a file'),
  out: z.string().optional().describe('folder to write to; default: simulated/ in the workspace'),
  serve: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(
      'serve the frames over HTTP at this port (0: any) instead of writing them; their ground truth is /labels.json',
    ),
  services: z
    .array(z.enum(SERVICE_NAMES))
    .default([...SERVICE_NAMES])
    .describe(
      'with --serve: doors beside the directory of the product: hmi directory, nrt directory, jsoc database and exports, heliocloud bucket',
    ),
  jsocOffline: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('with --serve: share of JSOC records that are not on disk and need an export'),
  jsocLost: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('with --serve: share of JSOC records whose export says NoDataFile'),
  jsocQueue: z.string().default('20s').describe('with --serve: longest time until an export is ready'),
  jsocKeep: z.string().default('7d').describe('with --serve: how long finished exports can be fetched'),
  jsocMost: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('with --serve: records in one export; default 15000 of AIA, 32000 of HMI'),
  disturbances: z
    .number()
    .min(0)
    .max(0.075)
    .default(0)
    .describe(
      'with --serve: share of requests that meet each kind of trouble (404, 429, 503, hang, cut, ...)',
    ),
});

export type SimulateOptions = z.output<typeof simulateOptions>;
