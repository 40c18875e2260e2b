/**
 * What each component does to the solar quantities, asked in two ways: which go together in pictures as they come, and
 * what happens when pictures are moved along the component and nothing else.
 */
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import type { Generator } from '../../train/index.ts';
import { type ImageSet, rangeOf, setFromMemory } from '../image-set.ts';
import { principalScores } from '../measures/principal.ts';
import { QUANTITIES, type QuantityKey } from '../measures/solar/quantities.ts';
import type { Linear } from '../metric.ts';
import { solar } from '../metrics/solar.ts';
import { intensityChannels, thresholdWarnings } from '../metrics/solar-channels.ts';
import { diskOf, type Measured, measureSet, spread, valuesOf } from '../metrics/solar-sets.ts';
import { associate, meanOf, normalDeviate } from './association.ts';
import { type StyleComponents, shiftStyles } from './components.ts';
import type { ComponentRecord, Effect, GanspaceRecord } from './record.ts';

export interface EffectsInput {
  options: { pictures: number; moved: number; styles: number };
  generator: Pick<Generator, 'synthesise' | 'styleSize' | 'resolution' | 'channels'>;
  components: StyleComponents;
  /** One a seed, from 0. */
  styles: Float32Array;
  /** Undefined where nobody says how values become DN. */
  linear: Linear | undefined;
  effects: Effects;
}

/** How far pictures are moved each way, in standard deviations. */
const STEP = 2;

/** A row of effects for every component; none where the pictures cannot be measured. */
export async function measureEffects(
  input: EffectsInput,
): Promise<{ table: Effect[][]; warnings: string[] }> {
  const { options, generator, components, styles, linear, effects } = input;
  const count = Math.min(options.pictures, options.styles);
  const { resolution: width, channels } = generator;
  const shape = { label: '', count, width, height: width, channels, read: async () => new Float32Array(0) };
  const reason = solar.unfit(shape, linear, undefined);
  if (!linear || reason !== undefined) return { table: [], warnings: [`no solar quantities: ${reason}`] };

  const progress = effects.progress('ganspace', components.count + 1, 'components');
  const part = (length: number) => styles.subarray(0, length * generator.styleSize);
  const plain = await draw(input, part(count));
  const [channel] = intensityChannels(linear, channels);
  const { disk } = await diskOf(plain, linear, channel);
  const measure = (set: ImageSet) => measureSet(set, disk, linear, channel);
  const measured = await measure(plain);
  progress.advance(1, 'pictures as they come');

  const scores = principalScores(part(count), components);
  const stride = components.variances.length;
  const base = part(Math.min(options.moved, count));
  const table: Effect[][] = [];
  for (const component of rangeOf(components.count, 1)) {
    throwIfStopped(effects.signal);
    const moved = (deviations: number) =>
      draw(input, shiftStyles(base, components, [{ component, deviations }]));
    const below = await measure(await moved(-STEP));
    const above = await measure(await moved(STEP));
    const own = components.deviations[component - 1] || 1;
    const along = Float64Array.from({ length: count }, (_, i) => scores[i * stride + component - 1] / own);
    // The interval of one component is wide enough for all of them to hold at 95 %.
    const deviate = normalDeviate(1 - 0.025 / components.count);
    table.push(rowOf({ along, measured, below, above, deviate }));
    progress.advance(1, `component ${component}`);
  }
  progress.done();
  return { table, warnings: thresholdWarnings(linear, channels) };
}

/** Pictures of `styles`, with the noise of the seeds from 0. */
async function draw({ generator }: EffectsInput, styles: Float32Array): Promise<ImageSet> {
  const { resolution, channels, styleSize } = generator;
  const data = await generator.synthesise(styles, rangeOf(styles.length / styleSize));
  return setFromMemory('generated', { width: resolution, height: resolution, channels, data });
}

interface Row {
  /** Of every picture along the component, in its standard deviations. */
  along: Float64Array;
  measured: Measured;
  below: Measured;
  above: Measured;
  deviate: number;
}

function rowOf({ along, measured, below, above, deviate }: Row): Effect[] {
  return QUANTITIES.flatMap(({ key, label, unit }): Effect[] => {
    const values = valuesOf(measured, key);
    const scale = spread(values);
    const low = valuesOf(below, key);
    const steps = valuesOf(above, key).map((value, i) => (value - low[i]) / (2 * STEP * scale));
    const [found, moved] = [associate(along, values, deviate), meanOf(steps)];
    if (!found || !moved) return [];
    return [
      {
        key,
        label,
        unit,
        r: found.r,
        low: found.low,
        high: found.high,
        slope: found.slope / scale,
        slopeError: found.slopeError / scale,
        moved: moved.mean,
        movedError: moved.error,
      },
    ];
  });
}

/** What rises and falls with the solar cycle, the most telling first. */
const ACTIVITY: readonly QuantityKey[] = ['ar-area', 'ar-count', 'flux'];

/** The component whose correlation with activity is the largest, when chance is excluded. */
export function activityOf(records: readonly ComponentRecord[]): GanspaceRecord['cycle'] {
  for (const wanted of ACTIVITY) {
    const certain = records.flatMap(({ number, effects }) => {
      const effect = effects.find(({ key }) => key === wanted);
      return effect && effect.low * effect.high > 0 ? [{ component: number, effect }] : [];
    });
    const [strongest] = certain.sort((a, b) => Math.abs(b.effect.r) - Math.abs(a.effect.r));
    if (strongest) return strongest;
  }
  return null;
}
