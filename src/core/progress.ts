/**
 * Progress of a long job: a bar that redraws itself on a terminal, a plain line every few seconds elsewhere (a batch
 * queue's log, cron mail).
 */
export interface Progress {
  /** Adds `count` done units; `note` (a file name, a loss) is shown behind the bar. */
  advance(count?: number, note?: string): void;
  /** Draws the last state and releases the line. */
  done(): void;
}

/** `before`: units that were done before this process began; they say nothing about its speed. */
export type ProgressFactory = (label: string, total: number, unit: string, before?: number) => Progress;

export interface ProgressOptions {
  write: (text: string) => void;
  isTerminal: boolean;
  columns?: number;
  /** Milliseconds, from any origin. */
  now?: () => number;
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5_000;
/** Between two lines of a job in which nothing is done. */
const STALLED_MS = 10_000;
const BAR_WIDTH = 24;

export function createProgressFactory(options: ProgressOptions): ProgressFactory {
  const now = options.now ?? (() => performance.now());
  const interval = options.isTerminal ? REDRAW_MS : PLAIN_LINE_MS;

  return (label, total, unit, before = 0) => {
    const startedAt = now();
    let drawnAt = options.isTerminal ? Number.NEGATIVE_INFINITY : startedAt;
    let count = before;
    let note = '';
    let drawnCount = -1;

    const draw = () => {
      drawnAt = now();
      drawnCount = count;
      const seconds = (drawnAt - startedAt) / 1000;
      const rate = seconds > 0 ? (count - before) / seconds : 0;
      const left = rate > 0 && total > count ? `, ${formatSeconds((total - count) / rate)} left` : '';
      const numbers = `${formatCount(count)}/${formatCount(total)} ${unit}, ${formatRate(rate)}${left}${note && `, ${note}`}`;
      if (!options.isTerminal) {
        options.write(`${label}: ${numbers}\n`);
        return;
      }
      const share = total > 0 ? Math.min(1, count / total) : 1;
      const filled = Math.round(share * BAR_WIDTH);
      const line = `${label} [${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${numbers}`;
      options.write(`\r\u001b[2K${line.slice(0, (options.columns ?? 100) - 1)}`);
    };

    // A job that is stuck says so too: its numbers stand still.
    const timer = setInterval(draw, STALLED_MS);
    timer.unref();

    return {
      advance(step = 1, text) {
        count += step;
        if (text !== undefined) note = text;
        if (now() - drawnAt >= interval) draw();
      },
      done() {
        clearInterval(timer);
        if (drawnCount !== count) draw();
        if (options.isTerminal) options.write('\n');
      },
    };
  };
}

export const silentProgress: ProgressFactory = () => ({ advance() {}, done() {} });

function formatCount(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(2);
}

/** Slow work is told per minute, so that the number never rounds to nothing. */
function formatRate(perSecond: number): string {
  return perSecond >= 0.5 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toPrecision(2)}/min`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
