/** The table of rules, in the order in which reasons are told. A new rule is a file and a row. */
import type { RuleScore } from '../../catalog/index.ts';
import { blocked } from './blocked.ts';
import { centre } from './centre.ts';
import { completeness } from './completeness.ts';
import { constant } from './constant.ts';
import { copy, pictureHash } from './copy.ts';
import { dark } from './dark.ts';
import { diskLevel, diskMedian } from './disk-level.ts';
import { duplicate } from './duplicate.ts';
import { exposureNominal } from './exposure.ts';
import { exposureCommanded } from './exposure-commanded.ts';
import { fieldNoise } from './field-noise.ts';
import { filter } from './filter.ts';
import { focus } from './focus.ts';
import { geometry } from './geometry.ts';
import { headerLevel } from './header-level.ts';
import { imageType } from './image-type.ts';
import { knownEvent } from './known-event.ts';
import { limb } from './limb.ts';
import { missing } from './missing.ts';
import { particles } from './particles.ts';
import { quality } from './quality.ts';
import { roll } from './roll.ts';
import { saturated } from './saturated.ts';
import { sequence } from './sequence.ts';
import { shadow } from './shadow.ts';
import { shape } from './shape.ts';
import { sharpness } from './sharpness.ts';
import { simulated } from './simulated.ts';
import { spacecraft } from './spacecraft.ts';
import { stabilisation } from './stabilisation.ts';
import { stripes } from './stripes.ts';
import { time } from './time.ts';
import type { Rule, RuleInput } from './types.ts';
import { wavelength } from './wavelength.ts';

export { duplicateScore } from './duplicate.ts';
export { isInKnownEvent } from './known-event.ts';
export type { Rule, RuleInput } from './types.ts';
export { numberOf } from './types.ts';

export const RULES: readonly Rule[] = [
  simulated,
  wavelength,
  time,
  duplicate,
  blocked,
  imageType,
  spacecraft,
  stabilisation,
  sequence,
  quality,
  completeness,
  exposureCommanded,
  exposureNominal,
  focus,
  filter,
  shape,
  geometry,
  headerLevel,
  knownEvent,
  missing,
  constant,
  stripes,
  dark,
  saturated,
  shadow,
  centre,
  limb,
  sharpness,
  fieldNoise,
  roll,
  copy,
  particles,
  diskLevel,
  diskMedian,
  pictureHash,
];

/** The word of every rule of that stage on one frame. */
export function judge(stage: Rule['stage'], input: RuleInput): RuleScore[] {
  const { instrument } = input.channel;
  const rules = RULES.filter(
    (rule) => rule.stage === stage && (rule.instrument ?? instrument) === instrument,
  );
  return rules.map((rule) => {
    const { score, note = null } = rule.measure(input);
    const threshold = input.options.limits[rule.name] ?? rule.limit(input);
    return { rule: rule.name, score, threshold, passed: passes(rule.sense, score, threshold), note };
  });
}

/** Stored scores against the limits of today. Scores of rules that there are no more stay as they are. */
export function judgeAgain(scores: readonly RuleScore[], input: RuleInput): RuleScore[] {
  return scores.map((score) => {
    const rule = RULES.find((candidate) => candidate.name === score.rule);
    if (!rule) return score;
    const threshold = input.options.limits[rule.name] ?? rule.limit(input);
    return { ...score, threshold, passed: passes(rule.sense, score.score, threshold) };
  });
}

export function passes(sense: Rule['sense'], score: number | null, threshold: number | null): boolean {
  if (score === null || threshold === null) return true;
  return sense === 'at most' ? score <= threshold : score >= threshold;
}

export function isAccepted(scores: readonly RuleScore[]): boolean {
  return scores.every((score) => score.passed);
}

/** Why a frame was rejected, for people: `spacecraft (ACS_ECLP YES: eclipse)`. */
export function reasonsOf(scores: readonly RuleScore[]): string[] {
  return scores
    .filter((score) => !score.passed)
    .map((score) => (score.note ? `${score.rule} (${score.note})` : score.rule));
}
