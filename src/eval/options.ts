/** Options of `eval` and `report`; the command line makes its flags and help of them. */
import { z } from 'zod';
import { VARIANT_NAMES } from './inception/variants.ts';
import { METRIC_NAMES } from './metrics.ts';

const SPLITS = ['train', 'validation', 'test'] as const;

export const evalOptions = z.strictObject({
  run: z
    .string()
    .optional()
    .describe(
      'run to judge: its folder, its name or its number [the latest]; its own data set is what it is judged against',
    ),
  checkpoint: z
    .string()
    .optional()
    .describe('checkpoint of the run: a file, or a name in it such as best-swd [the newest]'),
  real: z
    .string()
    .optional()
    .describe(
      'judge against this instead: a data set (name or folder, with @split), a folder or zip of pictures',
    ),
  fake: z
    .string()
    .optional()
    .describe(
      'judge this instead of a run: a folder or zip of pictures, an ONNX generator, a data set (with @split)',
    ),
  metrics: z
    .array(z.enum(METRIC_NAMES))
    .default(['swd', 'ms-ssim', 'solar', 'memorisation'])
    .describe('what to compute, in this order; what the pictures do not allow is left out with a warning'),
  count: z.coerce
    .number()
    .int()
    .min(2)
    .default(4096)
    .describe(
      'pictures a side at most; where a side has fewer, both have as many (PG-GAN takes 16384 for SWD), but fid, kid, support and inception-score take all up to this of each side: 50000 from a generator against all reals',
    ),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .default(1)
    .describe('seed of every random choice, the latents included'),
  split: z.enum(SPLITS).default('test').describe('split of the data set that is judged against'),
  resolution: z.coerce
    .number()
    .int()
    .min(4)
    .optional()
    .describe('pixels a side at which both are compared [that of the generator, else the largest common]'),
  values: z
    .enum(['transformed', 'dn'])
    .default('transformed')
    .describe(
      'what the pictures of folders and zips hold: values of the data set as they are trained on, or DN',
    ),
  pairs: z.coerce
    .number()
    .int()
    .min(1)
    .default(10_000)
    .describe('pairs of pictures for MS-SSIM (PG-GAN takes 10000); fewer where there are not so many'),
  weights: z
    .string()
    .optional()
    .describe(
      'file with the genuine Inception weights, for fid and its kin [what `weights fetch` has put in the cache]',
    ),
  resizer: z
    .enum(VARIANT_NAMES)
    .default('stylegan')
    .describe('how pictures become the input of the Inception network; part of every FID'),
  out: z
    .string()
    .optional()
    .describe('file to which the scores are appended, one JSON line [metrics.jsonl of the run]'),
});

export type EvalOptions = z.output<typeof evalOptions>;

export const reportOptions = z.strictObject({
  paths: z
    .array(z.string())
    .default([])
    .describe(
      'runs (folders, names or numbers), or files of scores that `eval --out` has written [the latest run]',
    ),
  out: z
    .string()
    .optional()
    .describe('file to write [report.html in the first run, or beside the first file of scores]'),
  title: z.string().optional().describe('title of the page [made of the names of the runs]'),
});

export type ReportOptions = z.output<typeof reportOptions>;
