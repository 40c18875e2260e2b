/** Options of `demo`. The defaults fit two processor cores and a few minutes. */
import { z } from 'zod';

export const demoOptions = z.strictObject({
  from: z.string().default('2014-03-01').describe('first day of the synthetic archive'),
  days: z.int().min(1).max(366).default(31).describe('length of the synthetic archive in days'),
  cadence: z.string().default('1h').describe('time between its frames'),
  size: z.int().min(64).max(1024).default(256).describe('pixels a side of its frames'),
  faults: z.number().min(0).max(0.9).default(0.12).describe('share of frames with a planted fault'),
  kimg: z
    .number()
    .positive()
    .optional()
    .describe('length of the training in thousands of images [the preset demo]'),
  seed: z.int().min(0).default(2014).describe('seed of the synthetic Sun and of the training'),
  fresh: z.boolean().default(false).describe('remove the workspace of an earlier demonstration first'),
});

export type DemoOptions = z.output<typeof demoOptions>;
