/** What is shown while a command runs, and what happens when nobody reads it any more. */
import { createLogger, type Logger, type LogLevel } from '../core/log.ts';
import { createProgressFactory, type ProgressFactory, silentProgress } from '../core/progress.ts';

type Write = (text: string) => void;

export const writeError: Write = (text) => void process.stderr.write(text);

/** Messages and progress on standard error. */
export function createOutputs({ debug, quiet }: { debug?: boolean; quiet?: boolean }): {
  log: Logger;
  progress: ProgressFactory;
} {
  const level: LogLevel = debug ? 'debug' : quiet ? 'warn' : 'info';
  const isTerminal = process.stderr.isTTY === true;
  const { bar, message } = isTerminal ? shareLine(writeError) : { bar: writeError, message: writeError };
  const progress = quiet
    ? silentProgress
    : createProgressFactory({ write: bar, isTerminal, columns: process.stderr.columns });
  return { log: createLogger(level, message), progress };
}

/** A bar and messages on one terminal: a message takes the line of the bar, which is drawn again below it. */
export function shareLine(write: Write): { bar: Write; message: Write } {
  let hasBar = false;
  return {
    bar(text) {
      // The line of a bar that a message replaced is released already.
      if (text === '\n' && !hasBar) return;
      hasBar = !text.endsWith('\n');
      write(text);
    },
    message(text) {
      write(hasBar ? `\r\u001b[2K${text}` : text);
      hasBar = false;
    },
  };
}

/**
 * A reader that leaves early (`sungan ... | head`), or a terminal that is closed, ends no work: what cannot be told is
 * lost, the exit code stays. A result that cannot be written for another reason (a full disk) goes to `onLost`.
 */
export function outliveReaders(onLost: (error: Error) => void): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') onLost(error);
  });
}
