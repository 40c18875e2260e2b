import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { SunganError } from '../../src/core/errors.ts';
import { orFailure } from '../../src/train/data/failure.ts';
import { imageGrid } from '../../src/train/data/grid.ts';
import { type MirrorName, withMirrorImages } from '../../src/train/data/mirror.ts';
import { createDataOrder } from '../../src/train/data/order.ts';
import { encodeGrayPng } from '../../src/train/data/png.ts';
import { createBatchQueue } from '../../src/train/data/queue.ts';
import { readBy } from '../../src/train/data/reader.ts';
import { imagesInMemory } from '../../src/train/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/train/run/safetensors.ts';
import { diskImages, labelled } from './support.ts';

describe('batches ahead', () => {
  it('are those of the order, whatever is read ahead', async () => {
    const images = diskImages(5, 8);
    const order = createDataOrder(3, 5);
    const queue = createBatchQueue(images, order);
    for (const [seen, batch] of [
      [0, 2],
      [2, 2],
      [4, 3],
      [40, 1],
      [41, 1],
    ] as const) {
      expect(await queue.take(seen, { batch, side: 8 })).toEqual(
        await images.read(order.batch(seen, batch), 8),
      );
    }
  });

  it('an error belongs to the step that wants the batch', async () => {
    let fails = false;
    const images = {
      ...diskImages(5, 8),
      read: async () => {
        if (fails) throw new Error('disk gone');
        return new Float32Array(64);
      },
    };
    const queue = createBatchQueue(images, createDataOrder(1, 5));
    fails = false;
    const first = queue.take(0, { batch: 1, side: 8 });
    fails = true;
    await expect(first).resolves.toHaveLength(64);
    await queue.take(1, { batch: 1, side: 8 }).catch(() => {});
    await expect(queue.take(2, { batch: 1, side: 8 })).rejects.toThrow('disk gone');
  });

  it('smaller sides are means of 2x2 pixels', async () => {
    const images = diskImages(2, 8);
    const whole = await images.read([1]);
    const half = await images.read([1], 4);
    expect(half[5]).toBeCloseTo((whole[18]! + whole[19]! + whole[26]! + whole[27]!) / 4);
  });
});

describe('mirror images', () => {
  // Two channels of two images; a value tells image, channel, row and column.
  const values = Float32Array.from({ length: 16 }, (_, i) => i);
  const two = imagesInMemory({ ...diskImages(1, 2), channels: 2, values });
  const read = async (mirror: MirrorName, positions: number[]) => [
    ...(await withMirrorImages(two, mirror).read(positions)),
  ];

  it('come after the images themselves, a copy of all for every mirror', async () => {
    expect(withMirrorImages(two, 'none')).toBe(two);
    expect(await read('north-south', [3, 0])).toEqual(
      [10, 11, 8, 9, 14, 15, 12, 13].concat([0, 1, 2, 3, 4, 5, 6, 7]),
    );
    expect(await read('east-west', [2])).toEqual([1, 0, 3, 2, 5, 4, 7, 6]);
    expect(await read('both', [2, 4])).toEqual([2, 3, 0, 1, 6, 7, 4, 5].concat([1, 0, 3, 2, 5, 4, 7, 6]));
    expect(await read('both', [7])).toEqual([11, 10, 9, 8, 15, 14, 13, 12]);
    expect(withMirrorImages(two, 'both').count).toBe(8);
  });

  it('have the labels of what they mirror, leave the images alone, and have any side', async () => {
    const images = labelled(diskImages(4, 8));
    const mirrored = withMirrorImages(images, 'north-south');
    expect([...mirrored.labels!.of]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    const before = await images.read([1], 4);
    const turned = await mirrored.read([5], 4);
    expect(turned.subarray(0, 4)).toEqual(before.subarray(12, 16));
    expect(await images.read([1], 4)).toEqual(before);
  });
});

describe('pictures', () => {
  it('gray PNG of 8 and 16 bits, north up, with words', async () => {
    const values = Float32Array.of(0, 0.25, 0.5, 0.75, 1, 2);
    const picture = { width: 2, height: 3, values };
    const eight = Buffer.from(encodeGrayPng(picture, 8, { Title: 'GENERATED', Description: 'µ' }));
    const { data } = await sharp(eight).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    expect([...data]).toEqual([255, 255, 128, 191, 0, 64]);
    expect(eight.includes('GENERATED')).toBe(true);
    const sixteen = Buffer.from(encodeGrayPng(picture, 16, {}));
    const begin = sixteen.indexOf('IDAT') + 4;
    const lines = inflateSync(sixteen.subarray(begin));
    expect(lines.readUInt16BE(1)).toBe(65535);
    expect(lines.readUInt16BE(6)).toBe(32768);
  });

  it('a grid puts the first image at the top left and channels side by side', () => {
    const images = Float32Array.from([1, 2, 3], (value) => value / 10).reduce(
      (all, value, i) => all.fill(value, i * 4, i * 4 + 4),
      new Float32Array(12),
    );
    const grid = imageGrid(images, 1, 2, 2);
    expect([grid.width, grid.height]).toEqual([4, 4]);
    const rounded = Array.from(grid.values, (value) => Math.round(value * 10));
    expect(rounded).toEqual([3, 3, 0, 0, 3, 3, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2]);
    expect(imageGrid(images.subarray(0, 8), 2, 2, 1).width).toBe(4);
  });
});

describe('safetensors', () => {
  const tensors = new Map([
    ['a', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ['b/c', { shape: [], data: Float32Array.of(-0.5) }],
  ]);

  it('reads what it wrote, and equal content is equal bytes', () => {
    const file = encodeSafetensors({ tensors, metadata: { format: 'x' } });
    expect(file).toEqual(encodeSafetensors({ tensors, metadata: { format: 'x' } }));
    const read = decodeSafetensors(file, 'here');
    expect(read.tensors).toEqual(tensors);
    expect(read.metadata).toEqual({ format: 'x' });
  });

  it.each([
    ['too short', 4],
    ['header cut', 20],
    ['data cut', -2],
  ])('names the file when it is damaged: %s', (_, end) => {
    const file = encodeSafetensors({ tensors, metadata: {} }).slice(0, end);
    expect(() => decodeSafetensors(file, 'run.safetensors')).toThrow(
      expect.objectContaining({ where: 'run.safetensors' }),
    );
  });
});

describe('reading in threads', () => {
  const task = { directory: '/data', side: 4, indices: [0] };
  const pixels = Float32Array.of(1);

  it('outlives a thread', async () => {
    let calls = 0;
    const dies = async () => {
      if (++calls === 1) throw new Error('JS heap out of memory');
      return pixels;
    };
    expect(await readBy(dies, task)).toBe(pixels);
  });

  it('passes errors on with their place and remedy', async () => {
    const damaged = new SunganError('format', 'a damaged shard', { where: '/data/4/c/0', remedy: 'curate' });
    const passed = readBy(() => orFailure(Promise.reject(damaged)), task);
    await expect(passed).rejects.toMatchObject({ kind: 'format', where: '/data/4/c/0', remedy: 'curate' });
    const dead = readBy(() => Promise.reject(new Error('gone')), task);
    await expect(dead).rejects.toMatchObject({
      kind: 'io',
      where: '/data',
      message: expect.stringContaining('gone'),
    });
  });
});
