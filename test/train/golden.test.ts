/** Whole training steps on every engine against PyTorch's gradients and Adam (fixtures/make_golden.py). */
import { describe, expect, it } from 'vitest';
import type { Engine, Value } from '../../src/train/engines/index.ts';
import type { GanNetworks } from '../../src/train/networks/network.ts';
import { type Phase, STATISTIC_PREFIX, trainingPhases } from '../../src/train/steps/index.ts';
import { presentEngines } from './engines.ts';
import { GOLDEN_BETA1, goldenFeed, goldenNetworks, goldenRecipes, readGolden } from './golden-problem.ts';

const TOLERANCE = 1e-5;

async function runPhase(
  engine: Engine,
  phase: Phase,
  networks: GanNetworks,
): Promise<Record<string, Float32Array>> {
  const program = await engine.compile(phase.program);
  const inputs = Object.fromEntries(
    phase.feeds.map((feed): [string, Value] => [
      feed.name,
      engine.upload(goldenFeed(feed, phase, networks), feed.shape),
    ]),
  );
  const outputs = await program.run(inputs);
  const values: Record<string, Float32Array> = {};
  for (const [name, value] of Object.entries(outputs)) values[name] = await value.read();
  await program.close();
  const before = await inputs[`${phase.player}/first`]!.read();
  const beta1 = GOLDEN_BETA1 ** phase.lazy;
  values['gradient'] = values[`${phase.player}/first`]!.map(
    (value, i) => (value - beta1 * before[i]!) / (1 - beta1),
  );
  return values;
}

/** Length of the difference relative to the length of the expected vector. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  const length = (values: Float32Array) => Math.hypot(...values);
  return length(actual.map((value, i) => value - expected[i]!)) / length(expected);
}

for (const { name: engineName, engine, absent } of await presentEngines()) {
  if (!engine) {
    console.info(`engine ${engineName} is not here: ${absent}`);
    it.skip(`engine ${engineName} is not here: ${absent}`, () => {});
    continue;
  }
  describe(`training steps on ${engineName}`, () => {
    it.each(readGolden().steps)(
      '$recipe: $phase as PyTorch computes it',
      async ({ recipe, phase: name, arrays, numbers }) => {
        const networks = goldenNetworks(recipe);
        const phase = trainingPhases(networks, goldenRecipes[recipe]!).find(
          (candidate) => candidate.name === name,
        )!;
        const values = await runPhase(engine, phase, networks);
        for (const [key, expected] of Object.entries(arrays)) {
          expect(values[key], key).toHaveLength(expected.length);
          expect(relativeError(values[key]!, expected), key).toBeLessThan(TOLERANCE);
        }
        for (const [key, expected] of Object.entries(numbers)) {
          const actual = (values[key] ?? values[`${STATISTIC_PREFIX}${key}`])![0]!;
          expect(Math.abs(actual - expected) / Math.abs(expected), key).toBeLessThan(TOLERANCE);
        }
      },
    );
  });
}
