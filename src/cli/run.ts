/** One run of one command: options from file and flags, context, result on standard output. */
import { systemClock } from '../core/clock.ts';
import { SunganError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { flagName, parseOptions } from '../core/options.ts';
import type { ProgressFactory } from '../core/progress.ts';
import { openWorkspace } from '../core/workspace.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { readConfig } from './config.ts';
import { coerceFlags, wrapLists } from './flags.ts';

export interface CommonFlags {
  workspace?: string;
  config?: string;
  jobs?: string;
  dryRun?: boolean;
  json?: boolean;
  quiet?: boolean;
  debug?: boolean;
  [flag: string]: unknown;
}

export interface Invocation {
  flags: CommonFlags;
  positionals: unknown[];
  log: Logger;
  progress: ProgressFactory;
  signal: AbortSignal;
}

export async function runCommand(name: string, command: Command, invocation: Invocation): Promise<number> {
  const {
    workspace,
    config: configPath,
    jobs,
    dryRun,
    json,
    quiet: _quiet,
    debug: _debug,
    ...own
  } = invocation.flags;
  const config = await readConfig(configPath, Object.keys(COMMANDS));
  const section = wrapLists(command, config?.sections[name] ?? {});
  // Each origin is checked apart first, so that a wrong key is blamed on the file or the command line it stands in.
  if (config) {
    const place = `${config.path}, section ${name}`;
    parseOptions(command.schema.partial(), section, place, config.namesIn(name));
  }
  const withoutFlag = command.positionals ?? [];
  const positionals = Object.fromEntries(
    withoutFlag.map((key, index) => [key, givenValue(invocation.positionals[index])]),
  );
  const fromCommandLine = coerceFlags(command, { ...own, ...positionals });
  const options = parseOptions(command.schema, { ...section, ...fromCommandLine }, 'command line', (path) => {
    const key = String(path[0] ?? '');
    return withoutFlag.includes(key) ? `<${key}>` : flagName(path.map(String).join('.'));
  });

  const result = await command.run(options, {
    workspace: openWorkspace(chooseWorkspace(workspace, config?.common.workspace)),
    effects: {
      log: invocation.log,
      progress: invocation.progress,
      clock: systemClock,
      signal: invocation.signal,
    },
    dryRun: dryRun === true,
    jobs: jobsOf(jobs) ?? config?.common.jobs,
    json: json === true,
  });
  process.stdout.write(
    json ? `${JSON.stringify(result.data, null, 2)}\n` : result.text === '' ? '' : `${result.text}\n`,
  );
  return result.exitCode ?? 0;
}

/** An empty variable is one that is not set; an empty flag is one whose variable was not set, which would mean this folder. */
function chooseWorkspace(flag: string | undefined, configured: string | undefined): string {
  if (flag === '')
    throw new SunganError('usage', 'the name of the folder is empty', { where: '--workspace' });
  return flag ?? (process.env['SUNGAN_WORKSPACE'] || configured || './data');
}

function givenValue(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function jobsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new SunganError('usage', `'${text}' is not a positive whole number`, { where: '--jobs' });
}
