/** Options from a file: YAML or JSON, common keys at the top, one section a command. Flags win over it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SunganError } from '../core/errors.ts';
import { exists } from '../core/files.ts';
import { type OptionNames, parseOptions } from '../core/options.ts';

/** Read from the working folder when --config is not given, so that a project keeps its archive and workspace in one place. */
const DEFAULT_FILE = 'sungan.yaml';

export interface ConfigFile {
  path: string;
  common: { workspace?: string; jobs?: number };
  sections: Record<string, Record<string, unknown>>;
  /** The names of options in `section`, with the line where they stand. */
  namesIn(section: string): OptionNames;
}

interface Parsed {
  values: object;
  nameOf: OptionNames;
}

// A section all of whose lines are comments is null.
const section = z.record(z.string(), z.unknown()).nullish();

export async function readConfig(
  path: string | undefined,
  commands: readonly string[],
): Promise<ConfigFile | undefined> {
  if (path === '') throw new SunganError('usage', 'the name of the file is empty', { where: '--config' });
  // An empty variable is one that is not set.
  const chosen =
    path ?? (process.env['SUNGAN_CONFIG'] || ((await exists(DEFAULT_FILE)) ? DEFAULT_FILE : undefined));
  if (chosen === undefined) return undefined;
  const schema = z.strictObject({
    workspace: z.string().min(1, 'must not be empty').optional(),
    jobs: z.int().positive().optional(),
    ...Object.fromEntries(commands.map((name) => [name, section])),
  });
  const { values, nameOf } = await parseFile(chosen);
  const { workspace, jobs, ...sections } = parseOptions(schema, values, chosen, nameOf) as {
    workspace?: string;
    jobs?: number;
  };
  return {
    path: chosen,
    common: { workspace, jobs },
    sections: Object.fromEntries(
      Object.entries(sections).map(([name, options]) => [name, { ...(options as object | null) }]),
    ),
    namesIn: (name) => (keys) => nameOf([name, ...keys]).slice(name.length + 1),
  };
}

async function parseFile(path: string): Promise<Parsed> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SunganError('usage', `cannot read the configuration: ${cause.message}`, { where: path, cause });
  });
  // Loaded only where there is a file to read: it costs a fifth of the start of `sungan status`.
  const { isNode, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  // JSON is YAML: one parser reads both, and its messages carry line and column.
  const document = parseDocument(text, { lineCounter: lines });
  // What YAML only warns of (an unknown tag) is no option either.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) {
    const isSeveral = fault.code === 'MULTIPLE_DOCS';
    const message = isSeveral ? 'there are several documents in it' : fault.message.trimEnd();
    throw new SunganError('usage', message, {
      where: path,
      remedy: 'write it as YAML or JSON',
      cause: fault,
    });
  }
  const values: unknown = document.toJS() ?? {};
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new SunganError('usage', 'it holds no options by name', {
      where: path,
      remedy: 'write it as `ingest: { cadence: 6h }`',
    });
  }
  return {
    values,
    nameOf(keys) {
      const node = document.getIn(keys, true);
      const line = isNode(node) && node.range ? ` (line ${lines.linePos(node.range[0]).line})` : '';
      return `${keys.map(String).join('.')}${line}`;
    },
  };
}
