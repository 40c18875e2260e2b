import { expect, it } from 'vitest';
import { countsOf } from '../../../src/eval/report/alike.ts';
import { fidResult, sampleModel } from './sample-model.ts';

it('names both counts of a metric that has more generated pictures than reals', async () => {
  const [run] = (await sampleModel()).runs;
  const { judgement } = run;
  const counted = (count: { real: number; fake: number }) => {
    const results = [{ ...fidResult('clean', 5), count }];
    return countsOf({ ...run, judgement: { ...judgement!, summary: { ...judgement!.summary, results } } });
  };
  expect(counted({ real: 64, fake: 64 })).toBe('64 pictures a side');
  expect(counted({ real: 64, fake: 4096 })).toBe('64 pictures a side (FID: 4,096 against 64)');
  expect(counted({ real: 300, fake: 64 })).toBe('64 pictures a side (FID: 64 against 300)');
  expect(counted({ real: 1024, fake: 1024 })).toBe('64 pictures a side (FID: 1,024)');
});
