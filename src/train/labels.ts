/** What images are labelled for a conditional network: classes, how often each occurs, and one-hot rows of them. */
import { SunganError } from '../core/errors.ts';
import { createRandom } from '../numeric/random.ts';

export const LABEL_KINDS = ['none', 'year', 'month', 'activity'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

export interface LabelClasses {
  /** In the order of the one-hot vector. */
  names: readonly string[];
  /** Training images of each class. */
  counts: readonly number[];
}

/** Part of a checkpoint. */
export interface LabelFacts extends LabelClasses {
  kind: Exclude<LabelKind, 'none'>;
  /** Where they come from, for people. */
  source: string;
}

export interface ImageLabels extends LabelFacts {
  /** The class of each training image. */
  of: Uint16Array;
}

/** What is odd about classes for a network that is to learn them, in words; undefined when nothing is. */
export function flawOfClasses({ kind, names, counts }: LabelFacts): string | undefined {
  const empty = names.filter((_, i) => counts[i] === 0);
  if (names.length - empty.length < 2)
    return `all training images have one ${kind}: there is nothing to tell apart, and --label none would learn the same`;
  return empty.length > 0 ? `no training image has the ${kind} ${empty.join(', ')}` : undefined;
}

/** Row-major [rows, classes]; rows beyond the labels are zero. */
export function oneHot(labels: readonly number[], classes: number, rows = labels.length): Float32Array {
  const values = new Float32Array(rows * classes);
  labels.forEach((label, row) => {
    values[row * classes + label] = 1;
  });
  return values;
}

/** A class for every seed, as often as in the training images; the same whatever other seeds are asked for. */
export function labelsOfSeeds({ counts }: LabelClasses, seeds: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return seeds.map((seed) => {
    let left = createRandom(seed).fork('label').uniform() * total;
    const found = counts.findIndex((count) => {
      left -= count;
      return left < 0;
    });
    return found < 0 ? counts.length - 1 : found;
  });
}

/** The class called `name`; undefined asks for none. */
export function labelIndex(labels: LabelFacts | undefined, name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const index = labels?.names.indexOf(name) ?? -1;
  if (index >= 0) return index;
  const remedy = labels
    ? `${labels.kind}: ${labels.names.join(', ')}`
    : 'this generator was trained without labels (`sungan train --label`)';
  throw new SunganError('usage', `there is no label '${name}'`, { where: '--label', remedy });
}

/** One-hot rows for `seeds`: of the one class `only`, else as `labelsOfSeeds` draws them. */
export function labelRows(
  labels: LabelClasses,
  seeds: readonly number[],
  rows: number,
  only: number | undefined,
): Float32Array {
  const chosen = only === undefined ? labelsOfSeeds(labels, seeds) : seeds.map(() => only);
  return oneHot(chosen, labels.names.length, rows);
}
