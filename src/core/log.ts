/** Messages for people and for log files. Standard output is kept for results; every message goes to standard error. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** A logger that writes `HH:MM:SS level message` lines with `write`; info lines carry no level word. */
export function createLogger(level: LogLevel, write: (line: string) => void, now = () => new Date()): Logger {
  const at = (wanted: Exclude<LogLevel, 'silent'>) => (message: string) => {
    if (ORDER[wanted] < ORDER[level]) return;
    const word = wanted === 'info' ? '' : `${wanted}: `;
    write(`${now().toISOString().slice(11, 19)} ${word}${message}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLogger: Logger = createLogger('silent', () => {});
