/**
 * Solar realism in DN: every picture of both sides is measured (flux, limb, corona, regions, symmetry), and the
 * distributions of each quantity are compared. Unpaired: no generated picture belongs to a real one.
 */
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom, type Random } from '../../numeric/random.ts';
import type { ImageSet } from '../image-set.ts';
import type { Disk } from '../measures/solar/disk.ts';
import { INTENSITY_STEPS, QUANTITIES, type SolarMeasurement } from '../measures/solar/quantities.ts';
import { permutationRank } from '../measures/transport.ts';
import { floorsOf, type Metric, type MetricInput, type MetricOutcome } from '../metric.ts';
import type { Curve, Score } from '../scores.ts';
import { intensityChannels, signedReason, thresholdWarnings } from './solar-channels.ts';
import {
  CURVES,
  diskOf,
  type Measured,
  meanCurve,
  measureSet,
  quantityDistance,
  spread,
  valuesOf,
} from './solar-sets.ts';

const PERMUTATIONS = 499;
const CURVE_PERMUTATIONS = 199;
const FEW_IMAGES = 50;

export const solar: Metric = {
  title: 'Solar realism',
  summary: 'flux, intensity tail, spectrum, limb, corona, active regions, coronal holes and symmetry, in DN',
  unfit({ width, height, channels }, linear) {
    if (!linear) return 'needs DN: neither side says how its values become DN';
    if (intensityChannels(linear, channels).length === 0) return signedReason(linear, channels);
    if (width !== height || width & (width - 1))
      return `needs square pictures of a power of two, these are ${width}x${height}`;
    return width < 16 ? `needs 16 pixels or more, these have ${width}` : undefined;
  },
  compute: computeSolar,
};

async function computeSolar(input: MetricInput): Promise<MetricOutcome> {
  const parts: MetricOutcome[] = [];
  const { channels } = input.real;
  const linear = input.linear!;
  for (const channel of intensityChannels(linear, channels)) parts.push(await compareChannel(input, channel));
  const signed = signedReason(linear, channels);
  return {
    variant: parts[0].variant,
    scores: parts.flatMap(({ scores }) => scores),
    warnings: [
      ...new Set(parts.flatMap(({ warnings }) => warnings)),
      ...thresholdWarnings(linear, channels),
      ...(signed ? [`left out, ${signed}`] : []),
    ],
    curves: parts.flatMap(({ curves }) => curves ?? []),
  };
}

async function compareChannel(input: MetricInput, channel: number): Promise<MetricOutcome> {
  const { real, fake, pairs } = input;
  const suffix = real.channels > 1 ? ` (channel ${channel + 1})` : '';
  const linear = input.linear!;
  const { disk, isNominal } = await diskOf(real, linear, channel);
  const measured = new Map<ImageSet, Measured>();
  for (const set of [real, fake, ...pairs.flatMap(({ a, b }) => [a, b])]) {
    throwIfStopped(input.effects.signal);
    if (!measured.has(set)) measured.set(set, await measureSet(set, disk, linear, channel));
    input.progress(set.label);
  }
  const compared: Compared = {
    real: measured.get(real)!,
    fake: measured.get(fake)!,
    floors: pairs.map(({ a, b }) => [measured.get(a)!, measured.get(b)!]),
    input,
    suffix,
    keySuffix: real.channels > 1 ? `.${channel + 1}` : '',
  };
  return {
    variant: `in DN, ${QUANTITIES.length} quantities and 3 curves, permutation rank of ${PERMUTATIONS}; regions: above 2.5 and below 0.35 medians of the disk`,
    scores: [...quantityScores(compared), ...curveScores(compared)],
    warnings: [
      ...(real.count < FEW_IMAGES
        ? [`solar quantities of ${real.count} pictures a side: only gross faults show`]
        : []),
      ...(isNominal ? ['no limb found in the reals: the disk was taken to have its nominal size'] : []),
    ],
    curves: curvesOf(compared, disk),
  };
}

interface Compared {
  real: Measured;
  fake: Measured;
  floors: [Measured, Measured][];
  input: MetricInput;
  suffix: string;
  keySuffix: string;
}

function quantityScores(compared: Compared): Score[] {
  const random = createRandom(`solar/${compared.input.seed}`);
  return QUANTITIES.flatMap((quantity) => [
    ...distanceScore(compared, quantity, random.fork(quantity.key)),
    ...missingScore(compared, quantity, random.fork(`${quantity.key}/missing`)),
  ]);
}

/** None where one side has no such thing at all (the latitude of regions that are not there): `missingScore` says so. */
function distanceScore(
  { real, fake, floors, input, suffix, keySuffix }: Compared,
  { key, label, unit }: (typeof QUANTITIES)[number],
  random: Random,
): Score[] {
  const values = (set: Measured) => valuesOf(set, key);
  const [own, other] = [values(real), values(fake)];
  const distance = quantityDistance(own, other);
  const value = distance(own, other);
  if (Number.isNaN(value)) return [];
  return [
    {
      key: `solar.${key}${keySuffix}`,
      label: `${label}${suffix}`,
      value,
      unit: 'σ of the reals',
      sense: 'lower',
      rank: permutationRank(own, other, distance, random, PERMUTATIONS),
      note: `${unit}: ${describe(other)}; reals ${describe(own)}`,
      floors: floorsOf(
        input.pairs,
        floors.map(([a, b]) => distance(values(a), values(b))),
      ).filter((floor) => Number.isFinite(floor.value)),
    },
  ];
}

/** The share of pictures without the quantity, which its distance leaves out; none where all pictures have it. */
function missingScore(
  { real, fake, floors, input, suffix, keySuffix }: Compared,
  { key, label }: (typeof QUANTITIES)[number],
  random: Random,
): Score[] {
  const flags = (set: Measured) => valuesOf(set, key).map((value) => (Number.isFinite(value) ? 0 : 1));
  const share = (of: readonly number[]) => of.reduce((sum: number, flag) => sum + flag, 0) / of.length;
  const apart = (a: readonly number[], b: readonly number[]) => Math.abs(share(a) - share(b));
  const [own, other] = [flags(real), flags(fake)];
  if (share(own) === 0 && share(other) === 0) return [];
  return [
    {
      key: `solar.${key}.missing${keySuffix}`,
      label: `${label}: pictures without${suffix}`,
      value: share(other),
      unit: 'share',
      sense: 'match',
      reference: share(own),
      rank: permutationRank(own, other, apart, random, PERMUTATIONS),
      floors: floorsOf(
        input.pairs,
        floors.map(([a, b]) => apart(flags(a), flags(b))),
      ),
    },
  ];
}

function curveScores({ real, fake, floors, input, suffix, keySuffix }: Compared): Score[] {
  const random = createRandom(`solar/${input.seed}`);
  return CURVES.map(({ key, label, unit, pick, distance }) => {
    const between = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
      distance(meanCurve(a), meanCurve(b));
    const [own, other] = [real.map(pick), fake.map(pick)];
    return {
      key: `solar.${key}${keySuffix}`,
      label: `${label}${suffix}`,
      value: between(own, other),
      unit,
      sense: 'lower',
      rank: permutationRank(own, other, between, random.fork(key), CURVE_PERMUTATIONS),
      floors: floorsOf(
        input.pairs,
        floors.map(([a, b]) => between(a.map(pick), b.map(pick))),
      ),
    };
  });
}

function curvesOf({ real, fake, suffix, keySuffix }: Compared, disk: Disk): Curve[] {
  const series = (
    x: readonly number[],
    pick: (measurement: SolarMeasurement) => Float64Array,
    change = (y: number) => y,
  ) =>
    [
      { name: 'reals', set: real },
      { name: 'generated', set: fake },
    ].map(({ name, set }) => ({ name, x, y: [...meanCurve(set.map(pick))].map((y) => rounded(change(y))) }));
  const rings = Array.from({ length: real[0].profile.length }, (_, k) => rounded(k / disk.radius));
  const waves = Array.from({ length: real[0].spectrum.length - 1 }, (_, k) => k + 1);
  return [
    {
      key: `solar.spectrum${keySuffix}`,
      title: `Radial power spectrum${suffix}`,
      xLabel: 'cycles per picture',
      yLabel: 'power of ln(1 + DN)',
      xLog: true,
      yLog: true,
      series: series(waves, ({ spectrum }) => spectrum.subarray(1)),
    },
    {
      key: `solar.intensity${keySuffix}`,
      title: `Share of pixels above an intensity${suffix}`,
      xLabel: 'DN',
      yLabel: 'share of pixels',
      xLog: true,
      yLog: true,
      series: series(
        INTENSITY_STEPS.map((step) => rounded(step)),
        ({ distribution }) => distribution,
        (y) => (y > 1 - 1e-9 ? 0 : 1 - y),
      ),
    },
    {
      key: `solar.profile${keySuffix}`,
      title: `Mean radial profile${suffix}`,
      xLabel: 'distance from disk centre (solar radii)',
      yLabel: 'DN',
      xLog: false,
      yLog: true,
      series: series(rings, ({ profile }) => profile),
    },
  ];
}

function describe(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return 'none';
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return `${rounded(mean, 3)} ± ${rounded(spread(finite), 2)}`;
}

/** Curves go into a JSON line: six digits are more than a chart shows. */
function rounded(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}
