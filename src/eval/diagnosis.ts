/**
 * What the scores say in words: the faults of a generator that stand out from the floors. Rules are rows of a table; a
 * fault needs a distance well above its floor, so that few pictures accuse nobody.
 */
import { type EvalSummary, type Score, timesFloor } from './scores.ts';

export interface Finding {
  readonly fault: string;
  /** One sentence with the numbers behind it. */
  readonly text: string;
}

interface Evidence {
  score(key: string): Score | undefined;
  /** Mean of log10(generated / reals) over the finest third of the spectrum; undefined without one. */
  readonly fineDetail: number | undefined;
}

type Rule = (evidence: Evidence) => string | undefined;

/** How far above its floor a distance must be to be called a fault; single quantities vary more from month to month. */
const CLEAR = 3;
const CLEAR_QUANTITY = 4;
/** MS-SSIM above the reals' own, at least. */
const ALIKE = 0.1;
/** A factor of 2 in power. */
const DETAIL = Math.log10(2);

const RULES: readonly (readonly [string, Rule])[] = [
  [
    'little variety',
    ({ score }) => {
      const found = score('ms-ssim');
      if (found?.reference === undefined) return undefined;
      const excess = found.value - found.reference;
      const floor = Math.max(0, ...found.floors.map(({ value }) => value));
      if (excess < Math.max(ALIKE, CLEAR * floor)) return undefined;
      return `pairs of pictures are alike at ${short(found.value)} (MS-SSIM), pairs of reals at ${short(found.reference)}`;
    },
  ],
  [
    'repeats training frames',
    ({ score }) => {
      const [near, ratio] = [score('memorisation.pixel.near'), score('memorisation.pixel.ratio')];
      if (!near || !ratio || near.value < 0.25 || ratio.value > 0.75) return undefined;
      return `${percent(near.value)} are nearer to a training frame than 95 % of the test frames are; their distance is ${percent(ratio.value)} of the usual one`;
    },
  ],
  [
    'blurred',
    ({ score, fineDetail }) => {
      if (fineDetail === undefined || fineDetail > -DETAIL || !isClear(score('solar.spectrum')))
        return undefined;
      return `the finest scales have ${percent(10 ** fineDetail)} of the reals' power`;
    },
  ],
  [
    'noisy',
    ({ score, fineDetail }) => {
      if (fineDetail === undefined || fineDetail < DETAIL || !isClear(score('solar.spectrum')))
        return undefined;
      return `the finest scales have ${short(10 ** fineDetail)} times the reals' power`;
    },
  ],
  ['wrong brightness', ({ score }) => noteOf(score('solar.median')) ?? noteOf(score('solar.flux'))],
  ['wrong limb', ({ score }) => noteOf(score('solar.limb-radius'))],
  ['wrong active regions', ({ score }) => noteOf(score('solar.ar-area'))],
  ['wrong coronal holes', ({ score }) => noteOf(score('solar.ch-area'))],
  [
    'wrong patches',
    ({ score }) => {
      const found = score('swd.mean');
      return isClear(found)
        ? `SWD is ${short(timesFloor(found!)!)} times what reals score against reals`
        : undefined;
    },
  ],
  [
    'wrong features',
    ({ score }) => {
      const found = score('fid');
      return isClear(found)
        ? `FID is ${short(timesFloor(found!)!)} times what reals score against reals`
        : undefined;
    },
  ],
];

/** Empty when nothing stands out. */
export function diagnose(summary: EvalSummary): Finding[] {
  const scores = new Map(
    summary.results.flatMap((result) => result.scores.map((score) => [score.key, score])),
  );
  const evidence: Evidence = { score: (key) => scores.get(key), fineDetail: fineDetailOf(summary) };
  return RULES.flatMap(([fault, rule]) => {
    const text = rule(evidence);
    return text === undefined ? [] : [{ fault, text }];
  });
}

function isClear(score: Score | undefined, limit = CLEAR): boolean {
  return score !== undefined && (timesFloor(score) ?? 0) > limit;
}

function noteOf(score: Score | undefined): string | undefined {
  return isClear(score, CLEAR_QUANTITY) ? `${score!.label}, ${score!.note}` : undefined;
}

function fineDetailOf({ results }: EvalSummary): number | undefined {
  const curve = results.flatMap(({ curves }) => curves ?? []).find(({ key }) => key === 'solar.spectrum');
  if (!curve) return undefined;
  const [reals, generated] = curve.series;
  const from = Math.floor((2 * reals.y.length) / 3);
  const ratios = reals.y.slice(from).map((value, i) => Math.log10(generated.y[from + i] / value));
  return ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
}

const short = (value: number) => Number(value.toPrecision(2)).toString();
const percent = (value: number) => `${Math.round(100 * value)} %`;
