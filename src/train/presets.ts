/** Presets: YAML files of recipe keys in `config/`, beside `src` and `dist` alike. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { SunganError } from '../core/errors.ts';
import { closest, parseOptions } from '../core/options.ts';
import { RECIPE_DEFAULTS, type RecipeOptions, recipeOptions, type TrainOptions } from './options.ts';

const FOLDER = new URL('../../config/', import.meta.url);

/** The recipe of `options`: its own keys over those of its preset. */
export async function resolveRecipe(
  options: Partial<TrainOptions> & { preset: string },
): Promise<RecipeOptions> {
  const { path, values } = await readPreset(options.preset);
  const preset = parseOptions(recipeOptions.partial(), values, path);
  const given = Object.keys(recipeOptions.shape).flatMap((key) => {
    const value = options[key as keyof RecipeOptions];
    return value === undefined ? [] : [[key, value] as const];
  });
  const recipe: RecipeOptions = { ...RECIPE_DEFAULTS, ...preset, ...Object.fromEntries(given) };
  if (recipe.adaptive && recipe.augment.length === 0) {
    throw new SunganError('usage', 'adaptive augmentation has nothing to apply', {
      where: '--adaptive',
      remedy: "add --augment bgc (ADA's whole set) or other kinds, or take --preset stylegan2-ada-256",
    });
  }
  return recipe;
}

export async function presetNames(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

async function readPreset(preset: string): Promise<{ path: string; values: unknown }> {
  const path = /[./\\]/.test(preset) ? preset : fileURLToPath(new URL(`${preset}.yaml`, FOLDER));
  const text = await readFile(path, 'utf8').catch(async (cause) => {
    const names = await presetNames();
    const near = closest(preset, names);
    throw new SunganError('usage', `no preset '${preset}'${near ? `, did you mean '${near}'?` : ''}`, {
      where: '--preset',
      remedy: `choose one of ${names.join(', ')}, or give the path of a YAML file`,
      cause,
    });
  });
  try {
    return { path, values: parse(text) };
  } catch (cause) {
    throw new SunganError('usage', (cause as Error).message, { where: path, cause });
  }
}
