import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256OfBytes } from '../../../src/core/files.ts';
import {
  createExtractor,
  type FeatureExtractor,
  inceptionMaps,
} from '../../../src/eval/inception/extractor.ts';
import { expectedShapes, type InceptionWeights } from '../../../src/eval/inception/weights.ts';
import { resizeBilinear } from '../../../src/eval/measures/resize.ts';
import { formulaImage, type ImageKind, toPlanes } from '../../support/formula-images.ts';
import { formulaWeights } from '../../support/formula-weights.ts';
import { describeWithGolden } from '../../support/golden.ts';

const TOLERANCE = 1e-4;

interface GoldenImage {
  kind?: ImageKind;
  png?: string;
  width: number;
  height: number;
  seed: number;
}

/** The input of pytorch-fid: byte / 255 in float32, bilinear to 299, 2x - 1. */
function prepare(bytes: Uint8Array, width: number, height: number): Float32Array {
  const data = toPlanes(bytes, width, height).map((value) => value / 255);
  return resizeBilinear({ channels: 3, width, height, data }, 299, 299).data.map((value) => 2 * value - 1);
}

function relativeError(own: Float32Array, golden: Float32Array): { l2: number; max: number } {
  let [difference, square, largest, scale] = [0, 0, 0, 0];
  golden.forEach((value, i) => {
    difference += (own[i] - value) ** 2;
    square += value ** 2;
    largest = Math.max(largest, Math.abs(own[i] - value));
    scale = Math.max(scale, Math.abs(value));
  });
  return { l2: Math.sqrt(difference / square), max: largest / scale };
}

describeWithGolden('Inception against pytorch-fid, weights by formula', (golden) => {
  const { images, weights: stored } = golden.json<{
    images: GoldenImage[];
    weights: { tensors: { name: string; shape: number[]; sha256: string }[] };
  }>('A.json');
  let weights: InceptionWeights;
  let extractor: FeatureExtractor;
  beforeAll(async () => {
    weights = formulaWeights();
    extractor = await createExtractor(weights, { name: 'formula', hash: '' }, 2);
  });
  afterAll(() => extractor.close());

  it('has the same tensors', () => {
    expect(Object.fromEntries(expectedShapes())).toEqual(
      Object.fromEntries(stored.tensors.map(({ name, shape }) => [name, shape])),
    );
    for (const { name, sha256 } of stored.tensors) {
      const { buffer } = weights.get(name)!.data;
      expect(sha256OfBytes(new Uint8Array(buffer)).slice(0, 16)).toBe(sha256);
    }
  });

  const load = async ({ kind, png, width, height, seed }: GoldenImage) => {
    if (kind) return prepare(formulaImage(kind, width, height, seed), width, height);
    const gray = await sharp(join(golden.folder, png!)).toColourspace('b-w').raw().toBuffer();
    return prepare(
      Uint8Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)]),
      width,
      height,
    );
  };

  it('gives the same 2048 features for formula pictures and real frames', async () => {
    const features = golden.float32('A_block3_2048.bin');
    for (const [index, image] of images.entries()) {
      const own = await extractor.features(await load(image));
      const error = relativeError(own, features.subarray(index * 2048, (index + 1) * 2048));
      expect(error.l2).toBeLessThan(TOLERANCE);
      expect(error.max).toBeLessThan(TOLERANCE);
    }
  });

  it('gives the same for a batch as for each alone, and the same maps on the way', async () => {
    const input = await load(images[4]);
    const maps = await inceptionMaps(weights, input);
    [0, 1, 2].forEach((block) => {
      expect(relativeError(maps[`map${block}`], golden.float32(`A_map${block}.bin`)).l2).toBeLessThan(
        TOLERANCE,
      );
    });
    const batch = new Float32Array(2 * input.length);
    batch.set(await load(images[0]));
    batch.set(input, input.length);
    const together = await extractor.features(batch);
    expect(relativeError(together.subarray(2048), await extractor.features(input)).l2).toBeLessThan(1e-6);
  });
});

describe('the network', () => {
  it('has 94 convolutions and 472 tensors', () => {
    expect(expectedShapes().size).toBe(94 * 5 + 2);
  });
});
