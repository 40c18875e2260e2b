/** The part of the card about frames: which are in, which are not and why. */
import type { Catalog } from '../../catalog/index.ts';
import { type Dataset, isDated } from '../dataset.ts';
import { isInKnownEvent, RULES, reasonsOf } from '../rules/index.ts';
import type { VerdictDigest } from '../verdict-digest.ts';

export function frameLines(dataset: Dataset, catalog: Catalog): string[] {
  const times = dataset.frames
    .filter(isDated)
    .map((frame) => frame.time)
    .sort();
  const sources = sourcesOf(dataset, catalog);
  const undated = dataset.count - times.length;
  return [
    `- Count: ${dataset.count}`,
    `- Time of observation: ${times[0] ?? 'none'} to ${times.at(-1) ?? 'none'}`,
    ...(undated > 0 ? [`- Without a time, because their names tell none: ${undated}`] : []),
    `- Median spacing: ${medianSpacing(times)}`,
    `- Source and level: ${sources.join(', ') || 'none'}`,
    `- Gaps longer than three spacings: ${gapLines(times).join('; ') || 'none'}`,
  ];
}

function sourcesOf({ frames, manifest }: Dataset, catalog: Catalog): string[] {
  // Imported pictures have no rows in the catalog: their numbers are those of other frames there.
  if (manifest.recipe.imported) return ['pictures made by others, imported'];
  const sources = new Set<string>();
  for (const { frameId } of frames) {
    const frame = catalog.frame(frameId);
    if (frame) sources.add(`${frame.product} (${frame.source})`);
  }
  return [...sources].sort();
}

function spacings(times: readonly string[]): number[] {
  return times.slice(1).map((time, i) => Date.parse(time) - Date.parse(times[i]!));
}

function medianMs(times: readonly string[]): number {
  const sorted = spacings(times).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function medianSpacing(times: readonly string[]): string {
  const ms = medianMs(times);
  return ms === 0 ? 'not defined' : `${Number((ms / 3_600_000).toPrecision(4))} h`;
}

const LARGEST_LISTED_GAPS = 12;

function gapLines(times: readonly string[]): string[] {
  const limit = 3 * medianMs(times);
  const gaps = spacings(times).flatMap((ms, i) => (ms > limit ? [`${times[i]} to ${times[i + 1]}`] : []));
  const listed = gaps.slice(0, LARGEST_LISTED_GAPS);
  return gaps.length > listed.length ? [...listed, `and ${gaps.length - listed.length} more`] : listed;
}

/** Every rule that was applied, with its limit and what the accepted frames scored: what was let in, in numbers. */
export function screeningLines({ rules }: VerdictDigest): string[] {
  const rows = RULES.flatMap(({ name, summary, sense }) => {
    const { limit = null, scores = [] } = rules.get(name) ?? {};
    if (limit === null || scores.length === 0) return [];
    const sorted = scores.sort((a, b) => a - b);
    const range = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!].map(short).join(' / ');
    return [`| ${name} | ${sense} ${short(limit)} | ${range} | ${scores.length} | ${summary} |`];
  });
  return [
    'Scores of the accepted frames, by the rules that could be judged; a frame is in when it passes all of them.',
    '',
    '| rule | limit | least / median / most | frames | what it measures |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

const short = (value: number) => String(Number(value.toPrecision(4)));

const MOST_EXAMPLES = 20;

export function rejectionLines(dataset: Dataset, catalog: Catalog, digest: VerdictDigest): string[] {
  if (dataset.manifest.recipe.imported)
    return ['Nothing was screened here: the pictures are as their makers chose them.'];
  const { judged, rejected, explained } = digest;
  const rows = [...digest.failures].sort(([, a], [, b]) => b - a);
  const summaries = new Map(RULES.map((rule) => [rule.name, rule.summary]));
  const examples = rejected.slice(0, MOST_EXAMPLES).map((frameId) => {
    const scores = catalog.verdict(dataset.name, frameId)?.scores ?? [];
    const event = scores.find(({ rule }) => rule === 'known-event' && isInKnownEvent(scores))?.note;
    const explanation = event ? `; known event: ${event}` : '';
    return `- ${catalog.frame(frameId)?.slot ?? frameId}: ${reasonsOf(scores).join('; ')}${explanation}`;
  });
  const counts = `${judged} frames were judged, ${judged - rejected.length} accepted, ${rejected.length} rejected.`;
  if (rejected.length === 0) return [counts];
  return [
    `${counts} A frame may fail several rules; every score and limit is kept in the catalog. ${explained} of the rejected lie in events that the catalog knows of.`,
    '',
    '| rule | frames | what it measures |',
    '| --- | --- | --- |',
    ...rows.map(
      ([rule, count]) => `| ${rule} | ${count} | ${summaries.get(rule) ?? 'the file cannot be read'} |`,
    ),
    '',
    rejected.length > examples.length ? 'The first of them:' : 'All of them:',
    '',
    ...examples,
  ];
}
