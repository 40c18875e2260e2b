/**
 * GANSpace (Härkönen et al. 2020, arXiv 2004.02546): the principal components of the styles that a generator's mapping
 * network gives. Directions of large variance turn out to be what pictures differ in.
 */
import { SunganError } from '../../core/errors.ts';
import { createRandom } from '../../numeric/random.ts';
import type { Generator } from '../../train/index.ts';
import { rangeOf } from '../image-set.ts';
import { type Principal, principalComponents } from '../measures/principal.ts';

/** What fixes the components of a generator. */
export interface ComponentSettings {
  /** Styles that are analysed. */
  styles: number;
  seed: number;
}

export const DEFAULT_SETTINGS: ComponentSettings = { styles: 10_000, seed: 1 };

/** At least so many are computed, so that the first do not depend on how many are asked for. */
const COMPUTED = 16;

export interface StyleComponents extends Principal {
  /** Standard deviation along each component. */
  readonly deviations: Float64Array;
  readonly count: number;
}

/** No more than `wanted`; fewer where styles have fewer dimensions. Also the styles themselves, one a seed from 0. */
export async function styleComponents(
  generator: Pick<Generator, 'styles' | 'styleSize'>,
  wanted: number,
  { styles: count, seed }: ComponentSettings,
): Promise<{ components: StyleComponents; styles: Float32Array }> {
  const styles = await generator.styles(rangeOf(count));
  const random = createRandom(`ganspace/${seed}`);
  const found = principalComponents(styles, generator.styleSize, Math.max(wanted, COMPUTED), random);
  const components = {
    ...found,
    count: Math.min(wanted, found.variances.length),
    deviations: found.variances.map(Math.sqrt),
  };
  return { components, styles };
}

/** A step along one component, in its standard deviations; components count from 1. */
export interface Edit {
  component: number;
  deviations: number;
}

/** `styles` [n, dimension] with every edit added. */
export function shiftStyles(
  styles: Float32Array,
  { components, deviations, mean }: StyleComponents,
  edits: readonly Edit[],
): Float32Array {
  const dimension = mean.length;
  const step = new Float64Array(dimension);
  for (const { component, deviations: length } of edits) {
    for (let i = 0; i < dimension; i++)
      step[i] += length * deviations[component - 1] * components[(component - 1) * dimension + i];
  }
  return styles.map((value, i) => value + step[i % dimension]);
}

/** `1=+2` is two standard deviations up the first component. */
export function parseEdits(texts: readonly string[]): Edit[] {
  return texts.map((text) => {
    const [, component, deviations] = /^(\d+)=([+-]?\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
    if (Number(component) >= 1) return { component: Number(component), deviations: Number(deviations) };
    throw new SunganError('usage', `'${text}' is not a step along a component`, {
      where: '--component',
      remedy: 'write number=deviations, for example 1=+2 or 3=-1.5',
    });
  });
}
