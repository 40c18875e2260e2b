/**
 * Which images of a batch make up one of its parts, when a batch is too large for the memory. The discriminator looks at
 * the deviation within groups of images that stand a fixed distance apart; whole groups stay in one part, so that the
 * parts together see what the whole batch would.
 */
import { DEVIATION_GROUP } from './networks/layers.ts';

/** Rows of a batch of `total`, in the order in which part `part` of `parts` takes them. */
export function rowsOfPart(total: number, parts: number, part: number): number[] {
  const count = total / parts;
  const group = Math.min(DEVIATION_GROUP, total);
  if (count % group !== 0) return Array.from({ length: count }, (_, i) => part * count + i);
  const groups = total / group;
  const own = count / group;
  return Array.from({ length: count }, (_, i) => Math.floor(i / own) * groups + part * own + (i % own));
}

/** The largest part of at most `limit` images into which a batch divides, and which divides into groups. */
export function imagesAtOnce(batch: number, limit: number): number {
  const fits = (size: number) =>
    batch % size === 0 && (size < DEVIATION_GROUP || size % DEVIATION_GROUP === 0);
  if (limit >= batch) return batch;
  for (let size = Math.floor(limit); size > 1; size--) if (fits(size)) return size;
  return 1;
}

/** What of a batch in parts is not what the whole batch would be, in words; undefined when nothing is. */
export function differenceOfParts(batch: number, atOnce: number, loss: string): string | undefined {
  const group = Math.min(DEVIATION_GROUP, batch);
  const differences: string[] = [];
  if (atOnce % group !== 0)
    differences.push(
      `the discriminator sees deviations in groups of ${Math.min(DEVIATION_GROUP, atOnce)} images instead of ${group}`,
    );
  if (loss === 'relativistic') differences.push(`the relativistic average is taken over ${atOnce} images`);
  return differences.length > 0 ? differences.join('; ') : undefined;
}
