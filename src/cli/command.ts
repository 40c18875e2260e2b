/** What one command of the program is: a schema of its options (from which flags and help are made) and its work. */
import type { z } from 'zod';
import type { Effects } from '../core/effects.ts';
import type { Workspace } from '../core/workspace.ts';

export interface CommandContext {
  workspace: Workspace;
  effects: Effects;
  /** Print the plan, do nothing. */
  dryRun: boolean;
  /** Concurrency the user asked for; undefined means the command's own default. */
  jobs: number | undefined;
  /** The result goes to standard output as JSON; `text` of the result is not shown. */
  json: boolean;
}

export interface CommandResult {
  /** For people, printed on standard output at the end. */
  text: string;
  /** For machines, printed instead of `text` with --json. */
  data: unknown;
  /** 3: done, but some frames could not be had and the reasons are recorded. 1: nothing of what was asked could be done. */
  exitCode?: 0 | 1 | 3;
}

export interface CommandDefinition<Schema extends z.ZodObject> {
  /** Full command lines, shown under the help. */
  examples: string[];
  /** Names of option keys that are written without a flag, in order; the last may take many values (an array in the schema). */
  positionals?: string[];
  /** camelCase keys with .describe() and .default(): `fromDate` becomes `--from-date`. */
  schema: Schema;
  run(options: z.output<Schema>, context: CommandContext): Promise<CommandResult>;
}

/** A command of any schema, as the shell sees it. */
export type Command = CommandDefinition<z.ZodObject>;

/** Keeps the options typed inside `run`; the shell needs no type parameter. */
export function defineCommand<Schema extends z.ZodObject>(definition: CommandDefinition<Schema>): Command {
  return definition as unknown as Command;
}
