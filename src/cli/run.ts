/** One run of one command: options from file and flags, context, result on standard output. */
import { systemClock } from '../core/clock.ts';
import { SunganError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { parseOptions } from '../core/options.ts';
import type { ProgressFactory } from '../core/progress.ts';
import { openWorkspace } from '../core/workspace.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { readConfig } from './config.ts';
import { coerceFlags } from './flags.ts';

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
  const section = config?.sections[name] ?? {};
  // Each origin is checked apart first, so that a wrong key is blamed on the file or the command line it stands in.
  if (config) parseOptions(command.schema.partial(), section, `${config.path}, section ${name}`);
  const positionals = Object.fromEntries(
    (command.positionals ?? []).map((key, index) => [key, givenValue(invocation.positionals[index])]),
  );
  const fromCommandLine = coerceFlags(command, { ...own, ...positionals });
  const options = parseOptions(
    command.schema,
    { ...section, ...fromCommandLine },
    'command line',
    command.positionals,
  );

  const result = await command.run(options, {
    workspace: openWorkspace(
      workspace ?? process.env['SUNGAN_WORKSPACE'] ?? config?.common.workspace ?? './data',
    ),
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

function givenValue(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function jobsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new SunganError('usage', `'${text}' is not a positive whole number`, { where: '--jobs' });
}
