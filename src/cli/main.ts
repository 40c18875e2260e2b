#!/usr/bin/env node
/** The program: finds the command, runs it, prints its result, sets the exit code. Nothing else prints or exits. */
import { Command as Commander, CommanderError } from 'commander';
import { describeError, isSunganError, SunganError } from '../core/errors.ts';
import { closest } from '../core/options.ts';
import { VERSION } from '../core/version.ts';
import { COMMANDS } from './commands.ts';
import { addFlags } from './flags.ts';
import { createOutputs, outliveReaders, writeError } from './outputs.ts';
import { type CommonFlags, runCommand } from './run.ts';
import { stopOnSignals } from './signals.ts';

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** All that may stand where the command belongs. */
const GENERAL_FLAGS = ['-h', '--help', '-V', '--version'];

function newProgram(): Commander {
  return new Commander('sungan')
    .description('From the SDO archive to a scored generative model of the Sun.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeErr: writeError })
    .showSuggestionAfterError(true);
}

function addCommonFlags(program: Commander): Commander {
  return program
    .option(
      '--workspace <dir>',
      'folder of raw files, catalog, datasets and runs (default: ./data, or SUNGAN_WORKSPACE)',
    )
    .option(
      '--config <file>',
      'YAML or JSON file with options (default: SUNGAN_CONFIG, else ./sungan.yaml when there is one); flags win',
    )
    .option('--jobs <n>', 'how many things at once')
    .option('--dry-run', 'print the plan, do nothing')
    .option('--json', 'result as JSON on standard output, all else on standard error')
    .option('--quiet', 'only warnings and errors')
    .option('--debug', 'every detail, and stack traces');
}

/** Help of the whole program: names and one-line summaries, without loading any command. */
function addSummaries(program: Commander): void {
  for (const [name, entry] of Object.entries(COMMANDS)) program.command(name).description(entry.summary);
}

function requireKnown(name: string): void {
  if (Object.hasOwn(COMMANDS, name)) return;
  const near = closest(name, Object.keys(COMMANDS));
  throw new SunganError('usage', `unknown command '${name}'${near ? `, did you mean '${near}'?` : ''}`, {
    remedy: 'sungan --help lists the commands',
  });
}

function requireCommandFirst(name: string): void {
  if (!name.startsWith('-') || GENERAL_FLAGS.includes(name)) return;
  throw new SunganError('usage', `'${name}' stands where the command belongs`, {
    remedy: 'options follow the command: sungan status --json; sungan --help lists the commands',
  });
}

async function main(argv: string[]): Promise<number> {
  const program = newProgram();
  // `help train` is `train --help`.
  if (argv[0] === 'help' && argv[1] !== undefined) return main([argv[1], '--help']);
  const name = argv[0];
  if (name === undefined || name.startsWith('-') || name === 'help') {
    addSummaries(program);
    if (name === undefined) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    requireCommandFirst(name);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.done;
  }
  requireKnown(name);
  const command = (await COMMANDS[name]!.load()).default;
  let exitCode: number = EXIT.done;
  const sub = addCommonFlags(program.command(name).description(COMMANDS[name]!.summary)).exitOverride();
  addFlags(sub, command);
  sub.addHelpText('after', '\nA switch that a configuration file turned on is turned off by --no-SWITCH.');
  sub.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  sub.allowExcessArguments(false);
  sub.action(async () => {
    const stop = stopOnSignals();
    try {
      const flags = givenFlags(sub);
      exitCode = await runCommand(name, command, {
        flags,
        positionals: sub.processedArgs,
        ...createOutputs(flags),
        signal: stop.signal,
      });
    } finally {
      stop.release();
    }
  });
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

/** Only what was typed: commander gives every --no-flag a default of its own, which would win over a config file. */
function givenFlags(program: Commander): CommonFlags {
  return Object.fromEntries(
    Object.entries(program.opts()).filter(([key]) => program.getOptionValueSource(key) === 'cli'),
  );
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (isSunganError(error) && error.kind === 'usage') return EXIT.usage;
  if (isSunganError(error) && error.kind === 'interrupted') return EXIT.interrupted;
  return EXIT.failed;
}

outliveReaders((error) => {
  writeError(`sungan: cannot write the result: ${error.message}\n`);
  process.exitCode = EXIT.failed;
});

try {
  const exitCode = await main(process.argv.slice(2));
  // A result that could not be written has set it.
  process.exitCode ??= exitCode;
} catch (error) {
  // Commander has already printed its own.
  if (!(error instanceof CommanderError)) {
    const debug = process.argv.includes('--debug') || !isSunganError(error);
    writeError(
      `sungan: ${debug && error instanceof Error ? `${describeError(error)}\n${error.stack}` : describeError(error)}\n`,
    );
  }
  process.exitCode = exitCodeOf(error);
}
