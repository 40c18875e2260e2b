import { expect, it } from 'vitest';
import { examineEngines } from '../../src/train/index.ts';

it('says what works, what is missing, why, and how to get it', async () => {
  const { engines } = await examineEngines(1);
  const processor = engines.find(({ name }) => name === 'ort:cpu')!;
  expect(processor).toMatchObject({ present: true, problem: undefined });
  expect(processor.gigaflops).toBeGreaterThan(0);
  for (const { present, problem, remedy } of engines) if (!present) expect(problem && remedy).toBeTruthy();
});
