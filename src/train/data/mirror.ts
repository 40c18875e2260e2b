/**
 * Reals beside their mirror images, as `--mirror` of stylegan2-ada-pytorch has it: the generator learns both. This is
 * more data, and no augmentation that only the discriminator sees.
 */
import type { TrainingImages } from './images.ts';

/**
 * Which mirror images are added. Sunspot groups lean towards the equator (Joy's law): north-south mirrors keep that,
 * east-west ones turn it round. Values keep their sign, so that magnetograms contradict the polarities of Hale's law with
 * either.
 */
export const MIRROR_NAMES = ['none', 'north-south', 'east-west', 'both'] as const;
export type MirrorName = (typeof MIRROR_NAMES)[number];

interface Variant {
  swapsRows: boolean;
  swapsColumns: boolean;
}

const AS_IS: Variant = { swapsRows: false, swapsColumns: false };
const NORTH_SOUTH: Variant = { swapsRows: true, swapsColumns: false };
const EAST_WEST: Variant = { swapsRows: false, swapsColumns: true };

const VARIANTS: Readonly<Record<MirrorName, readonly Variant[]>> = {
  none: [AS_IS],
  'north-south': [AS_IS, NORTH_SOUTH],
  'east-west': [AS_IS, EAST_WEST],
  both: [AS_IS, NORTH_SOUTH, EAST_WEST, { swapsRows: true, swapsColumns: true }],
};

/** The images as they are, then all of them again for every mirror. */
export function withMirrorImages(images: TrainingImages, mirror: MirrorName): TrainingImages {
  const variants = VARIANTS[mirror];
  const { count, labels } = images;
  if (variants.length === 1) return images;
  return {
    ...images,
    count: count * variants.length,
    labels: labels && { ...labels, of: repeated(labels.of, variants.length) },
    async read(positions, side = images.resolution) {
      const pixels = await images.read(
        positions.map((position) => position % count),
        side,
      );
      const size = images.channels * side * side;
      for (const [i, position] of positions.entries()) {
        mirrorInPlace(
          pixels.subarray(i * size, (i + 1) * size),
          side,
          variants[Math.floor(position / count)]!,
        );
      }
      return pixels;
    },
  };
}

function repeated(values: Uint16Array, times: number): Uint16Array {
  return Uint16Array.from({ length: values.length * times }, (_, i) => values[i % values.length]!);
}

/** `planes`: [channels, side, side]. */
function mirrorInPlace(planes: Float32Array, side: number, { swapsRows, swapsColumns }: Variant): void {
  if (swapsColumns) {
    for (let begin = 0; begin < planes.length; begin += side) planes.subarray(begin, begin + side).reverse();
  }
  if (!swapsRows) return;
  const row = new Float32Array(side);
  for (let plane = 0; plane < planes.length; plane += side * side) {
    for (let near = 0; near < Math.floor(side / 2); near++) {
      const [begin, end] = [plane + near * side, plane + (side - 1 - near) * side];
      row.set(planes.subarray(begin, begin + side));
      planes.copyWithin(begin, end, end + side);
      planes.set(row, end);
    }
  }
}
