/** Does a generator repeat its training frames? Shares of near copies against chance, in pixels and in features. */
import type { Evidence } from './evidence.ts';

const SPACES = ['pixel', 'feature'] as const;
/** Chance of so many near copies among pictures drawn like the test frames: below it, chance is excluded. */
const EXCLUDED = 0.001;
/** A share of near copies that matters; 0.05 is what test frames have. */
const SHARE = 0.1;
/** The nearest tenth at half the usual distance: these are copies, whatever the others are. */
const COPIES = 0.5;
/** Of scores from before there was a chance: half of a training set learnt by heart. */
const OLD = { share: 0.25, ratio: 0.75 };

export function copiesUnchecked({ score }: Evidence): string | undefined {
  const asked = SPACES.flatMap((space) => score(`memorisation.${space}.near`) ?? []);
  if (asked.length === 0) return 'needs memorisation';
  return asked.some(({ value }) => Number.isFinite(value)) ? undefined : 'memorisation is not a number';
}

/**
 * `isSmooth`: pictures without detail or variety are near to every frame, or all of them to one, so for those the share
 * alone proves nothing.
 */
export function copiesOf(evidence: Evidence, isSmooth: boolean): string | undefined {
  for (const space of SPACES) {
    const value = (key: string) => {
      const found = evidence.score(`memorisation.${space}.${key}`);
      return found && Number.isFinite(found.value) ? found.value : undefined;
    };
    const found = judge(
      { near: value('near'), p: value('p'), low: value('low'), ratio: value('ratio') },
      isSmooth,
    );
    if (found !== undefined) return `${found}, in ${space}s`;
  }
  return undefined;
}

interface Nearness {
  near: number | undefined;
  p: number | undefined;
  low: number | undefined;
  ratio: number | undefined;
}

function judge({ near = 0, p, low = 1, ratio = 1 }: Nearness, isSmooth: boolean): string | undefined {
  const share = `${Math.round(100 * near)} % are nearer to a training frame (or a mirror image of it) than 95 % of the test frames are`;
  if (p === undefined) {
    return near >= OLD.share && ratio <= OLD.ratio
      ? `${share}; their distance is ${Math.round(100 * ratio)} % of the usual one`
      : undefined;
  }
  const areCopies = low < COPIES;
  if (p >= EXCLUDED || !(areCopies || (near > SHARE && !isSmooth))) return undefined;
  return `${share} (by chance: ${p < 1e-6 ? 'less than 1 in a million' : `1 in ${Math.round(1 / p).toLocaleString('en-US')}`})${areCopies ? `; the nearest tenth is at ${Math.round(100 * low)} % of the usual distance` : ''}`;
}
