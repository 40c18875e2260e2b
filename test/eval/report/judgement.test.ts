import { describe, expect, it } from 'vitest';
import { judgementOf } from '../../../src/eval/report/judgement.ts';
import type { EvalSummary } from '../../../src/eval/scores.ts';
import { fidResult, sampleSummary } from './sample-model.ts';

/** Scores of some metrics of the sample, at a day of January. */
function evaluation(
  day: number,
  metrics: readonly string[],
  changes: Partial<EvalSummary> = {},
): EvalSummary {
  const base = sampleSummary();
  return {
    ...base,
    createdAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`,
    results: base.results.filter(({ metric }) => metrics.includes(metric)),
    warnings: [`of day ${day}`],
    ...changes,
  };
}

const metricsOf = (evaluations: readonly EvalSummary[]) =>
  judgementOf(evaluations)?.summary.results.map(({ metric }) => metric);

describe('several evaluations of a run', () => {
  it('none is none', () => expect(judgementOf([])).toBeUndefined());

  it('are taken together: the newest of every metric', () => {
    const newer = evaluation(2, ['swd']);
    Object.assign(newer.results[0], { seed: 7 });
    const judgement = judgementOf([evaluation(1, ['swd', 'ms-ssim']), newer])!;
    expect(judgement.summary.results.map(({ metric, seed }) => [metric, seed])).toEqual([
      ['swd', 7],
      ['ms-ssim', 1],
    ]);
    expect(judgement.evaluations.map(({ createdAt }) => createdAt.slice(8, 10))).toEqual(['02', '01']);
    expect(judgement.summary.warnings).toEqual(['of day 2', 'of day 1']);
  });

  it('keep FID of every resizer', () => {
    const of = (day: number, resizer: string) =>
      evaluation(day, [], { results: [fidResult(resizer, 40 + day)] });
    const { results } = judgementOf([of(1, 'clean'), of(2, 'stylegan'), of(3, 'clean')])!.summary;
    expect(results.map(({ variant, scores }) => [variant.split(' ')[0], scores[0].value])).toEqual([
      ['clean', 43],
      ['stylegan', 42],
    ]);
  });

  it('of another checkpoint or other reals do not count, which is said', () => {
    const { real, fake } = sampleSummary();
    const others = [
      evaluation(1, ['fid'], { kimg: 20, fake: { ...fake, hash: 'another' } }),
      evaluation(2, ['ms-ssim'], { real: { ...real, label: 'demo, validation split' } }),
    ];
    const judgement = judgementOf([...others, evaluation(3, ['swd'])])!;
    expect(metricsOf([...others, evaluation(3, ['swd'])])).toEqual(['swd']);
    expect(judgement.leftOut).toEqual([
      'MS-SSIM between random pairs (against demo, validation split at 32 pixels)',
      'FID (of the checkpoint after 20 thousand pictures)',
    ]);
  });

  it('drop the news that a metric was left out where another has it', () => {
    const late = evaluation(2, ['swd'], { warnings: ['left out, ms-ssim: needs two pictures or more'] });
    expect(judgementOf([late])!.summary.warnings).toHaveLength(1);
    expect(judgementOf([evaluation(1, ['ms-ssim']), late])!.summary.warnings).toEqual(['of day 1']);
  });
});
