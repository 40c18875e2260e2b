/** Are runs of a comparison judged alike? What differs is said: distances fall with the count and depend on the rest. */
import { formatCount } from './format.ts';
import type { JudgedRun } from './model.ts';

/** One sentence for each thing that differs; empty when all is equal. */
export function differencesOf(runs: readonly JudgedRun[]): string[] {
  return [
    differing(runs, 'The runs are not judged against the same reals', realsOf, 'scores cannot be compared'),
    differing(
      runs,
      'The runs are not judged with as many pictures a side',
      countsOf,
      'every distance falls with the count: compare multiples of the floor only',
    ),
    ...differingVariants(runs),
  ].flatMap((text) => text ?? []);
}

/** `sim-64, test split (d8ff95b2) at 64 pixels`: what the pictures were held against. */
export function realsOf({ judgement: { summary } }: JudgedRun): string {
  const { label, hash, source, resolution } = summary.real;
  return `${label} (${hash?.slice(0, 8) ?? source}) at ${resolution} pixels`;
}

/** `256`, or `256 (FID: 1,024)` where a metric has its own. */
export function countsOf({ judgement: { summary } }: JudgedRun): string {
  const own = summary.results.filter(({ count }) => count.fake !== summary.fake.count);
  const words = own.map(({ title, count }) => `${title}: ${formatCount(count.fake)}`);
  return `${formatCount(summary.fake.count)}${words.length > 0 ? ` (${words.join(', ')})` : ''}`;
}

function differing(
  runs: readonly JudgedRun[],
  what: string,
  of: (run: JudgedRun) => string,
  so: string,
): string | undefined {
  const groups = groupBy(runs, of);
  if (groups.size < 2) return undefined;
  const words = [...groups].map(
    ([value, members]) => `${members.map(({ name }) => name).join(', ')}: ${value}`,
  );
  return `${what}, so ${so}. ${words.join('; ')}.`;
}

function differingVariants(runs: readonly JudgedRun[]): string[] {
  const results = runs.flatMap(({ judgement }) => judgement.summary.results);
  return [...groupBy(results, ({ title }) => title)].flatMap(([title, own]) => {
    const variants = [...new Set(own.map(({ variant }) => variant))];
    return variants.length < 2
      ? []
      : [
          `${title} was computed in ${variants.length} ways, so each has columns of its own: ${variants.join('; ')}.`,
        ];
  });
}

function groupBy<Item>(items: readonly Item[], of: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}
