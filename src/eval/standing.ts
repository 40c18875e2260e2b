/** How a score is named and how it stands to the reals: the same in every table that people read. */
import { type MetricResult, type Score, timesFloor } from './scores.ts';

/** `clean` for a number of Inception features: the same pictures have another FID under each resizer. */
export function resizerOf(variant: string): string | undefined {
  return /^([\w-]+) resizer\b/.exec(variant)?.[1];
}

/** `FID (clean)`: never a number of features without its resizer. */
export function nameOf({ label }: Score, { variant }: Pick<MetricResult, 'variant'>): string {
  const resizer = resizerOf(variant);
  return resizer === undefined ? label : `${label} (${resizer})`;
}

/** Why a score says nothing, in words; undefined for a sound one. (What is not finite is `null` in a line of JSON.) */
export function flawOf({ value, floors, reference }: Score): string | undefined {
  if (!Number.isFinite(value)) return 'not a number';
  if (floors.some((floor) => floor.comparable !== false && !Number.isFinite(floor.value)))
    return 'its floor is not a number';
  if (reference !== undefined && !Number.isFinite(reference)) return "the reals' own value is not a number";
  return undefined;
}

/** How many times its largest floor a sound score is; undefined where that has no meaning. */
export function timesOf(score: Score): number | undefined {
  return flawOf(score) === undefined ? timesFloor(score) : undefined;
}

/** Of the floors that a score may be held against; undefined without one. */
export function largestFloor({ floors }: Score): number | undefined {
  const known = floors.flatMap(({ comparable, value }) =>
    comparable === false || !Number.isFinite(value) ? [] : [value],
  );
  return known.length > 0 ? Math.max(...known) : undefined;
}
