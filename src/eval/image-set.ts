/**
 * A set of pictures to be judged, whatever it comes from. Values are in transform space, [0, 1]; row 0 is the bottom
 * (solar south). Small interfaces, so that a test, a folder and a generator look the same to every metric.
 */
import { SunganError } from '../core/errors.ts';
import { sha256OfBytes } from '../core/files.ts';
import { hash32, type Random } from '../numeric/random.ts';

export interface ImageSet {
  /** For tables: `aia-193, test split`. */
  readonly label: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Equal for equal pictures, as hashes of data and choice; undefined where nothing is known. */
  readonly identity?: string | undefined;
  /** float32 [indices.length, channels, height, width]. */
  read(indices: readonly number[]): Promise<Float32Array>;
}

/** Pictures read at once: bounds the memory of a pass over a large set. */
export const BATCH = 64;

/** Sets up to this many bytes of float32 are held in memory after the first reading, so that a generator runs once. */
const HELD_BYTES = 768 * 2 ** 20;

export function pixelsOf(set: ImageSet): number {
  return set.channels * set.width * set.height;
}

export function rangeOf(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** The pictures of `indices` as a set of their own. */
export function subset(set: ImageSet, indices: readonly number[], label = set.label): ImageSet {
  return {
    ...set,
    label,
    identity: set.identity && `${set.identity}/${sha256OfBytes(indices.join())}`,
    count: indices.length,
    read: (wanted) => set.read(wanted.map((index) => indices[index])),
  };
}

/** `count` different pictures drawn at random, in ascending order (sequential reading is faster). */
export function sample(set: ImageSet, count: number, random: Random, label = set.label): ImageSet {
  if (count >= set.count) return { ...set, label };
  const chosen = random.shuffle(rangeOf(set.count)).slice(0, count);
  return subset(
    set,
    chosen.sort((a, b) => a - b),
    label,
  );
}

/** One square crop of every picture, where `seed` and the picture's place in the set say: the same for any two sets. */
export function randomCrops(set: ImageSet, size: number, seed: number): ImageSet {
  const { width, height, channels } = set;
  return {
    ...set,
    label: `${set.label}, crops of ${size}`,
    identity: set.identity && `${set.identity}/crops ${size} ${seed}`,
    width: size,
    height: size,
    async read(indices) {
      const pictures = await set.read(indices);
      const result = new Float32Array(indices.length * channels * size * size);
      indices.forEach((index, i) => {
        const x0 = hash32(seed, 2 * index) % (width - size + 1);
        const y0 = hash32(seed, 2 * index + 1) % (height - size + 1);
        for (let row = 0; row < channels * size; row++) {
          const from = ((i * channels + Math.floor(row / size)) * height + y0 + (row % size)) * width + x0;
          result.set(pictures.subarray(from, from + size), (i * channels * size + row) * size);
        }
      });
      return result;
    },
  };
}

export function setFromMemory(
  label: string,
  pictures: { width: number; height: number; channels: number; data: Float32Array },
): ImageSet {
  const { width, height, channels, data } = pictures;
  const size = width * height * channels;
  return {
    label,
    count: data.length / size,
    width,
    height,
    channels,
    async read(indices) {
      const result = new Float32Array(indices.length * size);
      indices.forEach((index, i) => {
        result.set(data.subarray(index * size, (index + 1) * size), i * size);
      });
      return result;
    },
  };
}

/**
 * Reads the whole set once where it is small enough to keep; larger sets are read again by every metric. Throws `data`
 * where a pixel is no number.
 */
export async function hold(set: ImageSet, onRead: (count: number) => void = () => {}): Promise<ImageSet> {
  const size = pixelsOf(set);
  if (set.count * size * 4 > HELD_BYTES) return finiteOnly(set);
  const data = new Float32Array(set.count * size);
  await forEachBatch(set, async (batch, first) => {
    data.set(batch, first * size);
    onRead(batch.length / size);
  });
  assertFinite(set, data);
  return { ...setFromMemory(set.label, { ...set, data }), identity: set.identity };
}

/** The same set; reading pictures with a pixel that is no number throws `data`. */
export function finiteOnly(set: ImageSet): ImageSet {
  return {
    ...set,
    async read(indices) {
      const pictures = await set.read(indices);
      assertFinite(set, pictures);
      return pictures;
    },
  };
}

/** Pictures of `size` values each that hold a NaN or an infinity. */
export function countNotFinite(pictures: Float32Array, size: number): number {
  let count = 0;
  for (let first = 0; first < pictures.length; first += size) {
    let i = first;
    while (i < first + size && Number.isFinite(pictures[i])) i++;
    if (i < first + size) count++;
  }
  return count;
}

/** Some distances leave such values out, and would call the pictures perfect. */
function assertFinite(set: ImageSet, pictures: Float32Array): void {
  const size = pixelsOf(set);
  const broken = countNotFinite(pictures, size);
  if (broken === 0) return;
  throw new SunganError(
    'data',
    `${broken} of ${pictures.length / size} pictures hold pixels that are no numbers`,
    {
      where: set.label,
      remedy:
        'a generator that makes such pictures has diverged: judge an earlier checkpoint with --checkpoint',
    },
  );
}

/** Calls `use` with batches of at most 64 pictures in order. */
export async function forEachBatch(
  set: ImageSet,
  use: (batch: Float32Array, first: number) => void | Promise<void>,
  batchSize = BATCH,
): Promise<void> {
  for (let first = 0; first < set.count; first += batchSize) {
    await use(await set.read(rangeOf(Math.min(batchSize, set.count - first), first)), first);
  }
}

/**
 * Values as the original metrics see them: an 8-bit picture, round(255 y) clipped to 0..255, as floats. In place.
 * (PG-GAN and StyleGAN round their generators' output so; pictures on disk are 8-bit anyway.)
 */
export function toBytes(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = Math.min(255, Math.max(0, Math.round(255 * values[i])));
  return values;
}

export function assertSameShape(a: ImageSet, b: ImageSet): void {
  const shape = (set: ImageSet) => `${set.width}x${set.height}, ${set.channels} channel(s)`;
  if (shape(a) === shape(b)) return;
  throw new SunganError('data', `${a.label} is ${shape(a)}, but ${b.label} is ${shape(b)}`, {
    remedy:
      a.channels === b.channels
        ? 'choose a common --resolution, or a run trained on this data set'
        : 'judge pictures of equally many channels: curate a data set of the same channels, or store gray pictures as gray',
  });
}
