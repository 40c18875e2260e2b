/** Scores as plain text, for a terminal: each metric under its variant, with intervals, floors and its own warnings. */
import { countWords } from './metric.ts';
import type { EvalSummary, MetricResult, Score } from './scores.ts';
import { flawOf, nameOf, timesOf } from './standing.ts';

export function scoreTable(summary: EvalSummary): string {
  const { fake, real, kimg, seed, results } = summary;
  const after = kimg === null ? '' : `, after ${kimg} thousand pictures`;
  const head = `${fake.label} against ${real.label}: ${countWords(summary)}, ${real.resolution} pixels, seed ${seed}${after}`;
  const rows = results.map((result) => result.scores.map((score) => cellsOf(score, result)));
  const widths = columnWidths(rows.flat());
  const blocks = results.map((result, i) => [
    `${result.title}: ${result.variant}${countOf(result, summary)}`,
    ...rows[i].map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`),
    ...result.warnings.map((warning) => `  warning: ${warning}`),
  ]);
  return [head, ...blocks.flatMap((lines) => ['', ...lines.map((line) => line.trimEnd())])].join('\n');
}

/** Said only where it is another number than above the table. */
function countOf({ count: { real, fake } }: MetricResult, usual: EvalSummary): string {
  const isUsual = real === usual.real.count && fake === usual.fake.count;
  return isUsual ? '' : ` (${countWords({ real: { count: real }, fake: { count: fake } })})`;
}

function cellsOf(score: Score, result: MetricResult): string[] {
  const { unit, value, interval, reference, floors } = score;
  const times = timesOf(score);
  const flaw = flawOf(score);
  return [
    `${nameOf(score, result)}${unit && ` (${unit})`}`,
    digits(value),
    interval ? `${100 * interval.level} %: ${digits(interval.low)} to ${digits(interval.high)}` : '',
    reference === undefined ? '' : `reals ${digits(reference)}`,
    floors.map((floor) => `${floor.pair} ${digits(floor.value)}`).join(', '),
    flaw === undefined ? (times === undefined ? '' : `${times.toFixed(2)} x floor`) : `BAD: ${flaw}`,
  ];
}

const digits = (value: number) => (Number.isFinite(value) ? value.toPrecision(4) : '–');

function columnWidths(rows: readonly string[][]): number[] {
  return rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length))) ?? [];
}
