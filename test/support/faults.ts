/** Sets of pictures with one fault each, of a strength: what metrics must see. */
import sharp from 'sharp';
import { type ImageSet, setFromMemory, subset } from '../../src/eval/image-set.ts';
import { createRandom } from '../../src/numeric/random.ts';

/** Picture files at `size` pixels, [0, 1], gray or with three channels. */
export async function loadPictures(
  label: string,
  files: readonly string[],
  { size, channels }: { size: number; channels: 1 | 3 },
): Promise<ImageSet> {
  const area = size * size;
  const data = new Float32Array(files.length * channels * area);
  for (const [i, file] of files.entries()) {
    const picture = sharp(file)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .resize(size, size);
    const pixels = await picture.raw().toBuffer();
    const stride = pixels.length / area;
    for (let channel = 0; channel < channels; channel++) {
      for (let k = 0; k < area; k++)
        data[(i * channels + channel) * area + k] = pixels[k * stride + channel] / 255;
    }
  }
  return setFromMemory(label, { width: size, height: size, channels, data });
}

function changed(set: ImageSet, change: (pictures: Float32Array) => Float32Array): ImageSet {
  return { ...set, read: async (indices) => change(await set.read(indices)) };
}

/** White noise of this standard deviation. */
export function noisy(set: ImageSet, deviation: number): ImageSet {
  const random = createRandom('noise');
  return changed(set, (pictures) => pictures.map((value) => value + deviation * random.normal()));
}

/** Means over squares of 2 radius + 1 pixels. */
export function blurred(set: ImageSet, radius: number): ImageSet {
  const size = set.width;
  return changed(set, (pictures) => {
    const result = new Float32Array(pictures.length);
    for (let i = 0; i < pictures.length; i++) {
      const [x, y, start] = [i % size, Math.floor(i / size) % size, i - (i % (size * size))];
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - radius); v <= Math.min(size - 1, y + radius); v++) {
        for (let u = Math.max(0, x - radius); u <= Math.min(size - 1, x + radius); u++) {
          sum += pictures[start + v * size + u];
          count++;
        }
      }
      result[i] = sum / count;
    }
    return result;
  });
}

/** As many pictures, but only the first `modes` of them again and again. */
export function collapsed(set: ImageSet, modes: number): ImageSet {
  return subset(
    set,
    Array.from({ length: set.count }, (_, i) => i % modes),
  );
}

export function dimmed(set: ImageSet, factor: number): ImageSet {
  return changed(set, (pictures) => pictures.map((value) => factor * value));
}

/** The last of three channels by `factor`, the others as they are. */
export function tinted(set: ImageSet, factor: number): ImageSet {
  const area = set.width * set.height;
  return changed(set, (pictures) =>
    pictures.map((value, i) => (Math.floor(i / area) % 3 === 2 ? factor * value : value)),
  );
}
