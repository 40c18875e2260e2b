/** `options.json`: what a run was begun with. Later calls change its length, its data, its engine and its settings in it. */
import { z } from 'zod';
import { SunganError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/files.ts';
import { ENGINE_NAMES, type EngineName } from '../engines/index.ts';
import { RECIPE_DEFAULTS, type RecipeOptions, recipeOptions, SETTING_DEFAULTS } from '../options.ts';
import { type RunFolder, readRunOptions } from './folder.ts';

/** What training reads back; reports read more. */
const schema = z.object({
  preset: z.string().default(''),
  data: z.string(),
  seed: z.number(),
  samples: z.number(),
  /** In words. */
  engine: z.string().default(''),
  /** Absent in runs of older versions. */
  engineName: z.enum(ENGINE_NAMES as [EngineName, ...EngineName[]]).optional(),
  recipe: z.record(z.string(), z.unknown()),
  dataset: z.object({ name: z.string(), hash: z.string() }),
  settings: z
    .object({
      snapshotTicks: z.int().positive().default(SETTING_DEFAULTS.snapshotTicks),
      keep: z.int().min(0).default(SETTING_DEFAULTS.keep),
      onCollapse: z.enum(['stop', 'warn']).default(SETTING_DEFAULTS.onCollapse),
    })
    .default(SETTING_DEFAULTS),
  /** As the caller wrote it down: what scores the run was begun with. */
  judge: z.unknown().optional(),
});

export type RunRecord = Omit<z.output<typeof schema>, 'recipe'> & { recipe: RecipeOptions };

export async function readRunRecord(folder: RunFolder): Promise<RunRecord> {
  const written = check(schema, await readRunOptions(folder), folder);
  const recipe = check(recipeOptions, { ...RECIPE_DEFAULTS, ...written.recipe }, folder);
  return { ...written, recipe };
}

/** Notes what the call that goes on with the run has changed; nothing is written when nothing has. */
export async function updateRunRecord(
  folder: RunFolder,
  { kimg, ...changes }: Omit<Partial<RunRecord>, 'recipe'> & { kimg: number },
): Promise<void> {
  const before = await readRunOptions(folder);
  const after = { ...before, ...changes, recipe: { ...(before['recipe'] as object), kimg } };
  if (JSON.stringify(after) !== JSON.stringify(before)) await writeRunRecord(folder, after);
}

export async function writeRunRecord(folder: RunFolder, record: object): Promise<void> {
  await writeAtomic(folder.options, `${JSON.stringify(record, null, 2)}\n`);
}

function check<Schema extends z.ZodType>(
  wanted: Schema,
  value: unknown,
  { options }: RunFolder,
): z.output<Schema> {
  const result = wanted.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SunganError('format', `damaged, at '${issue!.path.join('.')}': ${issue!.message}`, {
    where: options,
    remedy: 'repair it by hand, or begin a new run with the weights of this one: --from <checkpoint file>',
  });
}
