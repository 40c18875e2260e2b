/** Scores of several runs a preset as one row: mean and spread over the seeds. */
import { type EvalSummary, type Score, timesFloor } from './scores.ts';

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
  /** One a seed. */
  values: number[];
  mean: number;
  /** Half the distance between the largest and the smallest. */
  spread: number;
  /** The reals' own value, or the largest floor. */
  beside: number | undefined;
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

/** Rows in the order in which their labels first come. */
export function summariseRows(
  judged: readonly { label: string; summary: EvalSummary | undefined }[],
): AblationRow[] {
  const labels = [...new Set(judged.map(({ label }) => label))];
  return labels.map((label) => {
    const runs = judged.filter((run) => run.label === label);
    const own = runs.flatMap(({ summary }) => (summary ? [scoresByKey(summary)] : []));
    const cells = COLUMNS.flatMap(([key, title]) => {
      const scores = own.flatMap((table) => table.get(key) ?? []);
      return scores.length > 0 ? [cellOf(key, title, scores)] : [];
    });
    return { label, judged: own.length, broken: runs.length - own.length, cells };
  });
}

function scoresByKey({ results }: EvalSummary): Map<string, Score> {
  return new Map(results.flatMap(({ scores }) => scores.map((score) => [score.key, score])));
}

function cellOf(key: string, title: string, scores: readonly Score[]): AblationCell {
  const values = scores.map(({ value }) => value);
  const [first] = scores;
  const floor =
    timesFloor(first) === undefined ? undefined : Math.max(...first.floors.map(({ value }) => value));
  return {
    key,
    title,
    values,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    spread: (Math.max(...values) - Math.min(...values)) / 2,
    beside: first.reference ?? floor,
  };
}

/** Markdown: one row a preset, the reals last. */
export function ablationTable(rows: readonly AblationRow[], seeds: number): string {
  const cells = rows.find(({ judged }) => judged > 0)?.cells ?? [];
  const line = (items: readonly string[]) => `| ${items.join(' | ')} |`;
  const reals = cells.map(({ beside }) => (beside === undefined ? '' : short(beside)));
  return [
    line(['preset', ...cells.map(({ title }) => title)]),
    line(['---', ...cells.map(() => '---:')]),
    ...rows.map((row) =>
      line([
        labelOf(row, seeds),
        ...cells.map(({ key }) => {
          const own = row.cells.find((cell) => cell.key === key);
          return own ? `${short(own.mean)} ± ${short(own.spread)}` : '';
        }),
      ]),
    ),
    line(['*reals, or floor*', ...reals]),
    '',
    `Mean and half range over ${seeds} seed${seeds === 1 ? '' : 's'}; all but MS-SSIM and the share near training: lower is better, down to the floor.`,
    '',
  ].join('\n');
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
