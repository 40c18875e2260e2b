import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { quietEffects } from '../../src/core/effects.ts';
import { openWorkspace } from '../../src/core/workspace.ts';
import { associate, meanOf, normalDeviate } from '../../src/eval/ganspace/association.ts';
import { shiftStyles, styleComponents } from '../../src/eval/ganspace/components.ts';
import { activityOf, measureEffects } from '../../src/eval/ganspace/effects.ts';
import { ganspace, ganspaceOptions, parseEdits, report, reportOptions } from '../../src/eval/index.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { trainTinyRun } from './tiny-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sungan-ganspace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const context = { workspace: openWorkspace(folder), effects: quietEffects() };

const STYLE = 6;
const SIZE = 32;
/** Style 2 varies most and sets the spots of a sun; style 0 comes next and sets nothing; the others hardly vary. */
const DEVIATIONS = [2, 0.2, 3, 0.2, 0.2, 0.2];
const generator = {
  resolution: SIZE,
  channels: 1,
  styleSize: STYLE,
  async styles(seeds: readonly number[]) {
    return Float32Array.from(
      seeds.flatMap((seed) => {
        const random = createRandom(seed);
        return DEVIATIONS.map((deviation) => 1 + deviation * random.normal());
      }),
    );
  },
  async synthesise(styles: Float32Array, seeds: readonly number[]) {
    const images = new Float32Array(seeds.length * SIZE * SIZE);
    seeds.forEach((_, n) => {
      const spot = 0.3 + 0.03 * styles[n * STYLE + 2];
      for (let i = 0; i < SIZE * SIZE; i++) {
        const [x, y] = [(i % SIZE) - 15.5, Math.floor(i / SIZE) - 15.5];
        const inSpot = Math.hypot(x - 4, y - 4) < 3;
        images[n * SIZE * SIZE + i] = Math.hypot(x, y) < 12.6 ? (inSpot ? spot : 0.2) : 0.02;
      }
    });
    return images;
  },
};

describe('components of styles', () => {
  it('come by falling variance, and an edit moves along one of them', async () => {
    const { components } = await styleComponents(generator, 2, { styles: 2000, seed: 1 });
    expect(components.count).toBe(2);
    expect(Math.abs(components.components[2])).toBeGreaterThan(0.99);
    expect(Math.abs(components.components[STYLE])).toBeGreaterThan(0.99);
    expect(components.deviations[0]).toBeCloseTo(3, 0);
    const moved = shiftStyles(new Float32Array(2 * STYLE), components, [{ component: 1, deviations: 2 }]);
    expect(moved[2]).toBeCloseTo(2 * components.deviations[0] * components.components[2], 4);
    expect(moved[STYLE + 2]).toBe(moved[2]);
  });

  it('say which of them goes with activity, by correlation and by moving', async () => {
    const settings = { styles: 400, seed: 1 };
    const { components, styles } = await styleComponents(generator, 3, settings);
    const { table } = await measureEffects({
      options: { pictures: 100, moved: 4, styles: 400 },
      generator,
      components,
      styles,
      linear: (values) => values.map((value) => 1000 * value),
      effects: quietEffects(),
    });
    const records = table.map((effects, i) => ({ number: i + 1, share: 0, effects }));
    const flux = table[0].find(({ key }) => key === 'flux')!;
    expect(Math.abs(flux.r)).toBeGreaterThan(0.99);
    expect(flux.moved / flux.slope).toBeCloseTo(1, 1);
    expect(activityOf(records)?.component).toBe(1);
    const idle = table[1].find(({ key }) => key === 'flux')!;
    expect(idle.low * idle.high).toBeLessThan(0);
  });

  it('edits are read, and wrong ones refused', () => {
    expect(parseEdits(['1=+2', '3=-1.5'])).toEqual([
      { component: 1, deviations: 2 },
      { component: 3, deviations: -1.5 },
    ]);
    for (const wrong of ['1', '0=1', 'x=2', '1=two']) expect(() => parseEdits([wrong])).toThrow('component');
  });
});

describe('associations', () => {
  it('cover the truth and shrink with the sample', () => {
    expect(normalDeviate(0.975)).toBeCloseTo(1.959964, 4);
    const random = createRandom('association');
    const draw = (count: number) => {
      const x = Array.from({ length: count }, () => random.normal());
      return associate(
        x,
        x.map((value) => 0.5 * value + random.normal()),
        1.96,
      )!;
    };
    const [few, many] = [draw(50), draw(5000)];
    expect(many.high - many.low).toBeLessThan(0.2 * (few.high - few.low));
    expect(Math.abs(many.slope - 0.5)).toBeLessThan(4 * many.slopeError);
    const truth = 0.5 / Math.hypot(0.5, 1);
    expect(many.low).toBeLessThan(truth);
    expect(many.high).toBeGreaterThan(truth);
  });

  it('say nothing where there is nothing to say', () => {
    const ramp = Array.from({ length: 20 }, (_, i) => i);
    expect(associate(ramp, ramp.fill(1), 2)).toBeUndefined();
    expect(associate([1, 2, Number.NaN], [1, 2, 3], 2)).toBeUndefined();
    expect(meanOf([1, Number.NaN])).toBeUndefined();
    expect(meanOf([1, 3])).toEqual({ mean: 2, error: 1 });
  });
});

it('a run gets its record, which the report shows', async () => {
  const run = await trainTinyRun(context.workspace);
  const { record } = await ganspace(
    ganspaceOptions.parse({ run, components: 2, styles: 64, pictures: 16, moved: 2 }),
    context,
  );
  expect(record.components).toHaveLength(2);
  expect(record.strips.rows.map(({ pictures }) => pictures.length)).toEqual([7, 7]);
  // The data set of this run is not there, so nobody can say what DN are.
  expect(record.warnings.join()).toContain('no solar quantities');
  const { path } = await report(reportOptions.parse({ paths: [run] }), context);
  const page = readFileSync(path, 'utf8');
  expect(page).toContain('<h2 id="components">Components</h2>');
  expect(page).toContain('component 2 at +3 σ');
});
