/**
 * What the scores say in words: the faults of a generator that stand out from the floors. Rules are rows of a table; a
 * fault needs a distance well above its floor, or a share that chance excludes, so that few pictures accuse nobody. What
 * could not be checked is said too: silence of a score that was never computed clears nobody.
 */
import { copiesOf, copiesUnchecked } from './diagnosis-copies.ts';
import { createEvidence, type Evidence } from './evidence.ts';
import type { EvalSummary, Score } from './scores.ts';
import { flawOf, largestFloor, nameOf, timesOf } from './standing.ts';

export interface Finding {
  readonly fault: string;
  /** One sentence with the numbers behind it. */
  readonly text: string;
}

interface Rule {
  readonly fault: string;
  /** Why it cannot be asked of these scores; undefined when it can. */
  unchecked(evidence: Evidence): string | undefined;
  find(evidence: Evidence): string | undefined;
}

/** How far above its floor a distance must be to be called a fault; single quantities vary more from month to month. */
const CLEAR = 3;
const CLEAR_QUANTITY = 4;
/** Where the tables turn red; scores without a rule of their own are named from here on. */
const CLEAR_OTHER = 5;
/** MS-SSIM above the reals' own, at least. */
const ALIKE = 0.1;
/** A factor of 2 in power. */
const DETAIL = Math.log10(2);
/** More pictures without a limb, corona or regions than there are reals without, and the chance of that. */
const MISSING = 0.1;
const MISSING_CHANCE = 0.01;

const RULES: readonly Rule[] = [
  {
    fault: 'little variety',
    unchecked: ({ score }) => (score('ms-ssim') ? undefined : 'needs ms-ssim'),
    find: alikePairs,
  },
  {
    fault: 'repeats training frames',
    unchecked: copiesUnchecked,
    find: (evidence) =>
      copiesOf(evidence, alikePairs(evidence) !== undefined || blurOf(evidence) !== undefined),
  },
  { fault: 'blurred', unchecked: noSpectrum, find: blurOf },
  {
    fault: 'noisy',
    unchecked: noSpectrum,
    find: ({ score, fineDetail }) =>
      fineDetail !== undefined && fineDetail >= DETAIL && isClear(score('solar.spectrum'))
        ? `the finest scales have ${short(10 ** fineDetail)} times the reals' power`
        : undefined,
  },
  {
    fault: 'wrong brightness',
    unchecked: (evidence) =>
      withoutFloor('solar.median', 'solar')(evidence) && withoutFloor('solar.flux', 'solar')(evidence),
    find: ({ score }) => noteOf(score('solar.median')) ?? noteOf(score('solar.flux')),
  },
  quantityRule('wrong limb', 'solar.limb-radius'),
  quantityRule('wrong corona', 'solar.scale-height'),
  quantityRule('wrong active regions', 'solar.ar-area', 'solar.ar-latitude.missing'),
  quantityRule('wrong coronal holes', 'solar.ch-area', 'solar.ch-latitude.missing'),
  {
    fault: 'wrong patches',
    unchecked: withoutFloor('swd.mean', 'swd'),
    find: ({ score }) => timesWords(score('swd.mean'), 'SWD'),
  },
  {
    fault: 'wrong features',
    unchecked: (evidence) =>
      withoutFloor('fid', 'fid or kid')(evidence) && withoutFloor('kid', 'fid or kid')(evidence),
    find: ({ score, name }) => timesWords(score('fid'), name('fid')) ?? timesWords(score('kid'), name('kid')),
  },
  { fault: 'far from the reals', unchecked: () => undefined, find: otherDistances },
  { fault: 'no number', unchecked: () => undefined, find: flawed },
];

/** Empty when nothing stands out. */
export function diagnose(summary: EvalSummary): Finding[] {
  const evidence = createEvidence(summary);
  return RULES.flatMap(({ fault, unchecked, find }) => {
    const text = unchecked(evidence) === undefined ? find(evidence) : undefined;
    return text === undefined ? [] : [{ fault, text }];
  });
}

/** Faults that these scores cannot show, by what is missing: `blurred, noisy (needs solar)`. */
export function uncheckedFaults(summary: EvalSummary): string[] {
  const evidence = createEvidence(summary);
  const reasons = new Map<string, string[]>();
  for (const { fault, unchecked } of RULES) {
    const reason = unchecked(evidence);
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), fault]);
  }
  return [...reasons].map(([reason, faults]) => `${faults.join(', ')} (${reason})`);
}

function alikePairs({ score }: Evidence): string | undefined {
  const found = score('ms-ssim');
  if (found?.reference === undefined) return undefined;
  const excess = found.value - found.reference;
  const floor = largestFloor(found) ?? 0;
  // Written so that what is no number is no excuse; `flawed` says so.
  if (!(excess >= Math.max(ALIKE, CLEAR * floor))) return undefined;
  return `pairs of pictures are alike at ${short(found.value)} (MS-SSIM), pairs of reals at ${short(found.reference)}`;
}

function blurOf({ score, fineDetail }: Evidence): string | undefined {
  if (fineDetail === undefined || fineDetail > -DETAIL || !isClear(score('solar.spectrum'))) return undefined;
  return `the finest scales have ${percent(10 ** fineDetail)} of the reals' power`;
}

function noSpectrum(evidence: Evidence): string | undefined {
  if (evidence.fineDetail === undefined) return 'needs solar';
  return withoutFloor('solar.spectrum', 'solar')(evidence);
}

/** A quantity whose distribution is off, or that generated pictures lack more often than the reals (or less often). */
function quantityRule(fault: string, key: string, missing = `${key}.missing`): Rule {
  return {
    fault,
    unchecked: (evidence) => (evidence.score(missing) ? undefined : withoutFloor(key, 'solar')(evidence)),
    find: ({ score }) => missingWords(score(missing)) ?? noteOf(score(key)),
  };
}

function missingWords(score: Score | undefined): string | undefined {
  if (score?.reference === undefined) return undefined;
  const excess = Math.abs(score.value - score.reference);
  const floor = largestFloor(score) ?? 0;
  if (!(excess > Math.max(MISSING, CLEAR * floor)) || (score.rank ?? 0) > MISSING_CHANCE) return undefined;
  return `${score.label}: ${percent(score.value)} of the generated pictures, ${percent(score.reference)} of the reals`;
}

/** Scores that no rule looks at, for the last two rules. */
const HAVE_RULES =
  /^(swd|memorisation)\.|^(ms-ssim|fid|kid)$|^solar\.(median|flux|limb-radius|scale-height|ar-area|ch-area|spectrum)(\.|$)/;

function otherDistances({ all }: Evidence): string | undefined {
  const far = all.flatMap(({ score, result }) => {
    const times = HAVE_RULES.test(score.key) ? undefined : timesOf(score);
    return times !== undefined && times > CLEAR_OTHER ? [{ name: nameOf(score, result), times }] : [];
  });
  far.sort((a, b) => b.times - a.times);
  const words = far.slice(0, 3).map(({ name, times }) => `${name} ${short(times)} times its floor`);
  const more = far.length > 3 ? ` and ${far.length - 3} more` : '';
  return far.length > 0 ? words.join(', ') + more : undefined;
}

function flawed({ all }: Evidence): string | undefined {
  const flaws = all.flatMap(({ score, result }) =>
    Number.isFinite(score.value) ? [] : [nameOf(score, result)],
  );
  if (flaws.length === 0) return undefined;
  return `${flaws.join(', ')}: nothing can be said for these pictures where a score is not a number`;
}

/** Why a distance cannot be judged. */
function withoutFloor(key: string, metric: string): (evidence: Evidence) => string | undefined {
  return ({ score }) => {
    const found = score(key);
    if (!found) return `needs ${metric}`;
    if (flawOf(found) !== undefined) return `${metric} is not a number`;
    return timesOf(found) === undefined ? `${metric} has no floor` : undefined;
  };
}

function isClear(score: Score | undefined, limit = CLEAR): boolean {
  return score !== undefined && (timesOf(score) ?? 0) > limit;
}

function timesWords(score: Score | undefined, name: string): string | undefined {
  return isClear(score)
    ? `${name} is ${short(timesOf(score!)!)} times what reals score against reals`
    : undefined;
}

function noteOf(score: Score | undefined): string | undefined {
  return isClear(score, CLEAR_QUANTITY) ? `${score!.label}, ${score!.note}` : undefined;
}

const short = (value: number) => Number(value.toPrecision(2)).toString();
const percent = (value: number) => `${Math.round(100 * value)} %`;
