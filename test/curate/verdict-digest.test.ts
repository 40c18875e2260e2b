import { expect, test } from 'vitest';
import type { RuleScore, Verdict } from '../../src/catalog/index.ts';
import { digestOf } from '../../src/curate/verdict-digest.ts';

const score = (rule: string, value: number | null, passed = true, threshold = 5): RuleScore => ({
  rule,
  score: value,
  threshold,
  passed,
  note: null,
});
const verdict = (frameId: number, scores: RuleScore[]): Verdict => ({
  dataset: 'aia-193',
  frameId,
  accepted: scores.every(({ passed }) => passed),
  scores,
  by: 'rule',
});

test('counts, limits and scores of all verdicts in one pass', () => {
  const digest = digestOf([
    verdict(1, [score('mean', 2), score('disk-median', 10)]),
    verdict(2, [score('mean', 9, false), score('noise', 8, false), score('known-event', 1)]),
    verdict(4, [score('mean', null), score('disk-median', null)]),
    verdict(5, [score('mean', 7, false, 6), score('disk-median', 12)]),
  ]);
  expect(digest.judged).toBe(4);
  expect(digest.rejected).toEqual([2, 5]);
  expect(digest.explained).toBe(1);
  expect(Object.fromEntries(digest.failures)).toEqual({ mean: 2, noise: 1 });
  expect(digest.rules.get('mean')).toEqual({ limit: 6, scores: [2] });
  expect(digest.diskMedians).toEqual(
    new Map([
      [1, 10],
      [5, 12],
    ]),
  );
});
