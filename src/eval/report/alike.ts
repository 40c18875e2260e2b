/** Are runs of a comparison judged alike? What differs is said: distances fall with the count and depend on the rest. */
import { countWords } from '../metric.ts';
import { formatCount } from './format.ts';
import type { JudgedRun } from './model.ts';

export interface Difference {
  /** What differs and what follows from it. */
  what: string;
  /** Which run has what. */
  detail: string;
}

/** Empty when all runs are judged alike. */
export function differencesOf(runs: readonly JudgedRun[]): Difference[] {
  return [
    differing(
      runs,
      'The runs are not judged against the same reals: their scores cannot be compared',
      realsOf,
    ),
    differing(
      runs,
      'The runs are not judged with as many pictures: every distance falls with the count, so compare multiples of the floor only',
      countsOf,
    ),
    ...differingVariants(runs),
  ].flatMap((difference) => difference ?? []);
}

/** `sim-64, test split (d8ff95b2) at 64 pixels`: what the pictures were held against. */
export function realsOf({ judgement: { summary } }: JudgedRun): string {
  const { label, hash, source, resolution } = summary.real;
  return `${label} (${hash?.slice(0, 8) ?? source}) at ${resolution} pixels`;
}

/** `256 pictures a side`, or `256 pictures a side (FID: 1,024 against 300)` where a metric has its own. */
export function countsOf({ judgement: { summary } }: JudgedRun): string {
  const own = summary.results.filter(
    ({ count }) => count.fake !== summary.fake.count || count.real !== summary.real.count,
  );
  const against = ({ real, fake }: (typeof own)[number]['count']) =>
    real === fake ? formatCount(fake) : `${formatCount(fake)} against ${formatCount(real)}`;
  const words = own.map(({ title, count }) => `${title}: ${against(count)}`);
  return `${countWords(summary, formatCount)}${words.length > 0 ? ` (${words.join(', ')})` : ''}`;
}

/** Beyond so many, runs that have the same are counted instead of named. */
const NAMED = 4;

function differing(
  runs: readonly JudgedRun[],
  what: string,
  of: (run: JudgedRun) => string,
): Difference | undefined {
  const groups = groupBy(runs, of);
  if (groups.size < 2) return undefined;
  const words = [...groups].map(([value, members]) => {
    const names = members.map(({ name }) => name);
    return `${names.length > NAMED ? `${names.length} runs` : names.join(', ')}: ${value}`;
  });
  return { what, detail: words.join('; ') };
}

function differingVariants(runs: readonly JudgedRun[]): Difference[] {
  const results = runs.flatMap(({ judgement }) => judgement.summary.results);
  return [...groupBy(results, ({ title }) => title)].flatMap(([title, own]) => {
    const variants = [...new Set(own.map(({ variant }) => variant))];
    if (variants.length < 2) return [];
    const what = `${title} was computed in ${variants.length} ways, so each has columns of its own`;
    return [{ what, detail: variants.join('; ') }];
  });
}

function groupBy<Item>(items: readonly Item[], of: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}
