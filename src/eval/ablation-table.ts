/** Scores of several runs a preset as one row: mean and spread over the seeds. */
import type { EvalSummary, MetricResult, Score } from './scores.ts';
import { largestFloor, resizerOf, timesOf } from './standing.ts';

export interface AblationRow {
  label: string;
  /** Runs that were judged, and those that broke down. */
  judged: number;
  broken: number;
  cells: AblationCell[];
}

export interface AblationCell {
  key: string;
  title: string;
  /** How the number is made: cells of other variants stand in other columns. */
  variant: string;
  /** Pictures of the generated side, one a seed. */
  counts: number[];
  /** One a seed; those that are not finite are left out of mean and spread. */
  values: number[];
  /** Undefined when no value is finite. */
  mean: number | undefined;
  /** Half the distance between the largest and the smallest; undefined for fewer than two. */
  spread: number | undefined;
  /** The reals' own value, or the largest floor. */
  beside: number | undefined;
  /** What the metric warned of. */
  warnings: string[];
}

/** What stands in the table when it was computed, in this order. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ['fid', 'FID'],
  ['kid', 'KID x 10³'],
  ['swd.mean', 'SWD x 10³'],
  ['ms-ssim', 'MS-SSIM'],
  ['solar.intensity', 'intensity, dex'],
  ['solar.spectrum', 'spectrum, dex'],
  ['solar.profile', 'profile'],
  ['solar.flux', 'flux, σ'],
  ['solar.ar-area', 'AR area, σ'],
  ['solar.ch-area', 'CH area, σ'],
  ['memorisation.pixel.near', 'near training'],
];

interface Judged {
  label: string;
  /** Undefined when the training broke down. */
  summary: EvalSummary | undefined;
}

interface Found {
  score: Score;
  result: MetricResult;
}

/** Rows in the order in which their labels first come. */
export function summariseRows(judged: readonly Judged[]): AblationRow[] {
  const columns = COLUMNS.flatMap(([key, title]) => {
    const found = judged.flatMap(({ summary }) => findScore(summary, key) ?? []);
    const variants = [...new Set(found.map(({ result }) => result.variant))];
    return variants.map((variant) => ({ key, title: titleOf(title, variant), variant }));
  });
  const labels = [...new Set(judged.map(({ label }) => label))];
  return labels.map((label) => {
    const runs = judged.filter((run) => run.label === label);
    const own = runs.flatMap(({ summary }) => summary ?? []);
    const cells = columns.flatMap(({ key, title, variant }) => {
      const found = own.flatMap((summary) => findScore(summary, key) ?? []);
      const alike = found.filter(({ result }) => result.variant === variant);
      return alike.length > 0 ? [cellOf({ key, title, variant }, alike)] : [];
    });
    return { label, judged: own.length, broken: runs.length - own.length, cells };
  });
}

function findScore(summary: EvalSummary | undefined, key: string): Found | undefined {
  for (const result of summary?.results ?? []) {
    const score = result.scores.find((candidate) => candidate.key === key);
    if (score) return { score, result };
  }
  return undefined;
}

/** `FID (clean)`: numbers of features are named with their resizer. */
function titleOf(title: string, variant: string): string {
  const resizer = resizerOf(variant);
  return resizer === undefined ? title : title.replace(/^\w+/, (name) => `${name} (${resizer})`);
}

function cellOf(
  column: Pick<AblationCell, 'key' | 'title' | 'variant'>,
  found: readonly Found[],
): AblationCell {
  const values = found.map(({ score }) => score.value);
  const finite = values.filter(Number.isFinite);
  const [{ score: first }] = found;
  return {
    ...column,
    counts: found.map(({ result }) => result.count.fake),
    values,
    mean: finite.length > 0 ? finite.reduce((sum, value) => sum + value, 0) / finite.length : undefined,
    spread: finite.length > 1 ? (Math.max(...finite) - Math.min(...finite)) / 2 : undefined,
    beside: first.reference ?? (timesOf(first) === undefined ? undefined : largestFloor(first)),
    warnings: [...new Set(found.flatMap(({ result }) => result.warnings))],
  };
}

/** Markdown: one row a preset, the reals last; below it how each column is made, and what was warned of. */
export function ablationTable(rows: readonly AblationRow[], seeds: number): string {
  const columns = columnsOf(rows);
  const line = (items: readonly string[]) => `| ${items.join(' | ')} |`;
  const reals = columns.map(({ cells }) => besideOf(cells));
  const warnings = new Set(columns.flatMap(({ cells }) => cells.flatMap((cell) => cell.warnings)));
  return [
    line(['preset', ...columns.map(({ title }) => title)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((row) =>
      line([
        labelOf(row, seeds),
        ...columns.map(({ cells }) => cellText(row.cells.find((cell) => cells.includes(cell)))),
      ]),
    ),
    line(['*reals, or floor*', ...reals]),
    '',
    `${seeds === 1 ? 'One seed, so without a spread' : `Mean and half range over ${seeds} seeds`}; all but MS-SSIM and the share near training: lower is better, down to the floor.`,
    '',
    ...columns.map(
      ({ title, cells }) => `- ${title}: ${cells[0].variant}; ${countsOf(cells)} generated pictures`,
    ),
    ...[...warnings].map((warning) => `- Warning: ${warning}`),
    '',
  ].join('\n');
}

interface Column {
  title: string;
  /** One a row that has it. */
  cells: AblationCell[];
}

/** One a score and variant; titles that would be equal are numbered. */
function columnsOf(rows: readonly AblationRow[]): Column[] {
  const cells = rows.flatMap((row) => row.cells);
  const order = COLUMNS.map(([key]) => key);
  const ids = [...new Set(cells.map(({ key, variant }) => JSON.stringify([key, variant])))];
  const columns = ids.map((id) => {
    const own = cells.filter(({ key, variant }) => JSON.stringify([key, variant]) === id);
    return { title: own[0].title, cells: own };
  });
  columns.sort((a, b) => order.indexOf(a.cells[0].key) - order.indexOf(b.cells[0].key));
  return columns.map(({ title, cells: own }, i) => {
    const alike = columns.filter((column) => column.title === title).length;
    const before = columns.slice(0, i).filter((column) => column.title === title).length;
    return { title: alike > 1 ? `${title} [${before + 1}]` : title, cells: own };
  });
}

function cellText(cell: AblationCell | undefined): string {
  if (!cell) return '';
  const { mean, spread, values } = cell;
  if (mean === undefined) return 'not a number';
  const lost = values.filter((value) => !Number.isFinite(value)).length;
  return `${short(mean)}${spread === undefined ? '' : ` ± ${short(spread)}`}${lost > 0 ? ` (${lost} not a number)` : ''}`;
}

function besideOf(cells: readonly AblationCell[]): string {
  const { beside } = cells.find((cell) => cell.beside !== undefined) ?? {};
  return beside === undefined || !Number.isFinite(beside) ? '' : short(beside);
}

function countsOf(cells: readonly AblationCell[]): string {
  return [...new Set(cells.flatMap(({ counts }) => counts))].sort((a, b) => a - b).join(' or ');
}

/** Seeds that are missing are said: not yet judged, or no numbers any more. */
function labelOf({ label, judged, broken }: AblationRow, seeds: number): string {
  const notes = [
    ...(judged < seeds ? [`${judged} of ${seeds}`] : []),
    ...(broken > 0 ? [`${broken} broke down`] : []),
  ];
  return notes.length > 0 ? `${label} (${notes.join(', ')})` : label;
}

const short = (value: number) => (value === 0 ? '0' : Number(value.toPrecision(3)).toString());
