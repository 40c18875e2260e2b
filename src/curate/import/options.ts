import { z } from 'zod';
import { CHANNELS } from '../channels.ts';
import { TRANSFORM_NAMES } from '../transforms/index.ts';
import { COLOUR_TABLE_NAMES } from './colour-tables.ts';

export const importOptions = z.strictObject({
  path: z
    .string()
    .optional()
    .describe('folder or ZIP file of pictures (PNG, JPEG, TIFF, WebP; 8 or 16 bits)'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use small letters, digits, dots and dashes')
    .default('imported')
    .describe('name of the dataset'),
  channel: z
    .enum(CHANNELS.map((channel) => channel.name) as [string, ...string[]])
    .default('193')
    .describe('what the pictures show'),
  transform: z
    .enum(TRANSFORM_NAMES)
    .default('log1p')
    .describe('what their gray means: 0..1 of this transform; levels are averaged in its linear values'),
  range: z
    .string()
    .regex(/^-?\d+(\.\d+)?:-?\d+(\.\d+)?$/, 'write black:white')
    .optional()
    .describe(
      'linear values that black and white stand for; in DN, 41:5050 for quick-look pictures of 193 in 2017 [all that the transform holds]',
    ),
  colourTable: z
    .enum(COLOUR_TABLE_NAMES as [string, ...string[]])
    .default('none')
    .describe('colour table of AIA quick-look pictures to undo, by wavelength'),
  mask: z
    .array(z.string().regex(/^\d+:\d+:\d+:\d+$/, 'write left:top:width:height'))
    .default([])
    .describe('boxes to blacken, as left:top:width:height in pixels: captions'),
  size: z.coerce
    .number()
    .int()
    .optional()
    .describe('pixels a side of the largest level [that of the first picture]'),
  seed: z.coerce.number().int().default(1).describe('seed of the assignment of months to splits'),
  guardDays: z.coerce
    .number()
    .int()
    .min(0)
    .default(3)
    .describe('days left out where two months of different splits meet'),
});

export type ImportOptions = z.output<typeof importOptions>;
