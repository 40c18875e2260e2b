/** Options from a file: YAML or JSON, common keys at the top, one section a command. Flags win over it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SunganError } from '../core/errors.ts';
import { exists } from '../core/files.ts';
import { parseOptions } from '../core/options.ts';

/** Read from the working folder when --config is not given, so that a project keeps its archive and workspace in one place. */
const DEFAULT_FILE = 'sungan.yaml';

export interface ConfigFile {
  path: string;
  common: { workspace?: string; jobs?: number };
  sections: Record<string, Record<string, unknown>>;
}

const section = z.record(z.string(), z.unknown());

export async function readConfig(
  path: string | undefined,
  commands: readonly string[],
): Promise<ConfigFile | undefined> {
  const chosen =
    path ?? process.env['SUNGAN_CONFIG'] ?? ((await exists(DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  if (!chosen) return undefined;
  const schema = z.strictObject({
    workspace: z.string().optional(),
    jobs: z.int().positive().optional(),
    ...Object.fromEntries(commands.map((name) => [name, section.optional()])),
  });
  const { workspace, jobs, ...sections } = parseOptions(schema, (await parseFile(chosen)) ?? {}, chosen) as {
    workspace?: string;
    jobs?: number;
  };
  return { path: chosen, common: { workspace, jobs }, sections: sections as ConfigFile['sections'] };
}

async function parseFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SunganError('usage', `cannot read the configuration: ${cause.message}`, { where: path, cause });
  });
  // Loaded only where there is a file to read: it costs a fifth of the start of `sungan status`.
  const { parse } = await import('yaml');
  try {
    // JSON is YAML: one parser reads both, and its messages carry line and column.
    return parse(text);
  } catch (cause) {
    throw new SunganError('usage', (cause as Error).message, {
      where: path,
      remedy: 'write it as YAML or JSON',
      cause,
    });
  }
}
