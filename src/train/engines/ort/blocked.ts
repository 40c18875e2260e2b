/**
 * Convolutions in the layout that ONNX Runtime's own direct kernels want: channels in blocks, the channels of a block
 * beside one another (NCHWc). They reach nearly the speed of a matrix product, where `Conv` of kernels that change from
 * step to step copies the images first. The operators belong to the runtime, not to the standard: whether they are
 * there, and how long a block is on this processor, is tried out once.
 */
import * as ort from 'onnxruntime-node';
import type { Shape } from '../../graph/index.ts';
import { Emitter } from './emitter.ts';
import { type OnnxAttribute, writeOnnxModel } from './onnx-writer.ts';

export const NCHWC_DOMAIN = 'com.microsoft.nchwc';

export interface ConvolutionGeometry {
  /** [out, in, k, k] */
  kernels: Shape;
  /** [N, out, height, width] */
  results: Shape;
  stride: number;
  pad: number;
}

/** Of smaller images the reordering takes longer than it saves. */
export const LEAST_BLOCKED_SIDE = 8;

export function isWorthBlocking({ kernels, results }: ConvolutionGeometry, block: number): boolean {
  const [outputs, inputs, size] = kernels as [number, number, number];
  return size === 3 && outputs % block === 0 && inputs % block === 0 && results[2]! >= LEAST_BLOCKED_SIDE;
}

/** Images [N, in, H, W], kernels by `blockedKernels` and perhaps a bias [out] -> [N, out, height, width]. */
export function emitBlockedConvolution(
  emitter: Emitter,
  [x, w, ...bias]: readonly [string, string, ...string[]],
  { kernels, stride, pad }: ConvolutionGeometry,
  slope?: number,
): string {
  const [outputs, , size] = kernels as [number, number, number];
  const activation = { activation: { string: 'LeakyRelu' }, activation_params: { floats: [slope ?? 0] } };
  return emitBlocked(emitter, [reordered(emitter, x), w, ...bias], outputs, {
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [size, size] },
    ...(slope === undefined ? {} : activation),
  });
}

/** Whether the images are there in blocks already. */
export function isReordered(emitter: Emitter, x: string): boolean {
  return emitter.recall(`blocked:${x}`) !== undefined;
}

/** The images in blocks. */
export function reordered(emitter: Emitter, x: string): string {
  return emitter.once(`blocked:${x}`, () => emitter.node('ReorderInput', [x], {}, NCHWC_DOMAIN));
}

/**
 * Images [N, channels, height, width] in the order of the standard, out of `blocks` of them that have a row and a column
 * of zeros more behind; filters take those as they are.
 */
export function withoutPadding(emitter: Emitter, blocks: string, [, channels, height, width]: Shape): string {
  const ordered = emitter.node('ReorderOutput', [blocks], { channels: { int: channels! } }, NCHWC_DOMAIN);
  const cut = emitter.slice(emitter.slice(ordered, 2, 0, height!), 3, 0, width!);
  emitter.once(`padded:${cut}`, () => blocks);
  return cut;
}

/** Those blocks of images. */
export function paddedBlocks(emitter: Emitter, x: string): string | undefined {
  return emitter.recall(`padded:${x}`);
}

/** What one of these gives the next takes as it is. `inputs`: images in blocks, kernels, perhaps a bias. */
export function emitBlocked(
  emitter: Emitter,
  inputs: readonly string[],
  channels: number,
  attributes: Readonly<Record<string, OnnxAttribute>>,
): string {
  const results = emitter.node('Conv', inputs, attributes, NCHWC_DOMAIN);
  const ordered = emitter.node('ReorderOutput', [results], { channels: { int: channels } }, NCHWC_DOMAIN);
  emitter.once(`blocked:${ordered}`, () => results);
  return ordered;
}

/**
 * Kernels [out, in, k, k] as [out / block, in / block, k, k, block of in, block of out], under the shape [out, in, k, k].
 * `isAdjoint`: from the kernels [in, out, k, k] of the convolution of which this is the adjoint, turned by 180 degrees.
 */
export function blockedKernels(
  emitter: Emitter,
  kernels: string,
  shape: Shape,
  block: number,
  isAdjoint = false,
): string {
  const [outputs, inputs, size] = shape as [number, number, number];
  const taps = size * size;
  const moved = isAdjoint
    ? emitter.transpose(emitter.reshape(kernels, [inputs, outputs, taps]), [0, 2, 1])
    : emitter.transpose(emitter.reshape(kernels, [outputs, inputs * taps]), [1, 0]);
  // Also where nothing turns: it keeps the runtime from joining both moves to one, which is slower.
  const turned = emitter.node('MatMul', [
    orderOfTaps(emitter, taps, isAdjoint),
    emitter.reshape(moved, [inputs, taps, outputs]),
  ]);
  const split = emitter.reshape(turned, [inputs / block, block, taps, outputs / block, block]);
  return emitter.reshape(emitter.transpose(split, [3, 0, 2, 1, 4]), shape);
}

/** A permutation [taps, taps]: the same order or the opposite one. */
function orderOfTaps(emitter: Emitter, taps: number, isTurned: boolean): string {
  return emitter.constant(`taps:${taps}:${isTurned}`, () => {
    const data = new Float32Array(taps * taps);
    for (let tap = 0; tap < taps; tap++) data[tap * taps + (isTurned ? taps - 1 - tap : tap)] = 1;
    return { dimensions: [taps, taps], data };
  });
}

/** x64 with AVX-512 and ARM; x64 without. */
const BLOCKS = [16, 8];

let found: Promise<number | undefined> | undefined;

/** Channels of a block on this processor; undefined where the runtime has no such kernels. */
export function channelBlockOfProcessor(): Promise<number | undefined> {
  found ??= findBlock();
  return found;
}

async function findBlock(): Promise<number | undefined> {
  for (const block of BLOCKS) if (await isRight(block)) return block;
  return undefined;
}

/** Whether a small convolution comes out as the standard's. Another length of a block would mix up the channels. */
async function isRight(block: number): Promise<boolean> {
  const channels = 2 * Math.max(...BLOCKS);
  const geometry = { kernels: [channels, channels, 3, 3], results: [1, channels, 4, 4], stride: 1, pad: 1 };
  const emitter = new Emitter();
  const standard = emitter.node('Conv', ['x', 'w'], { pads: { ints: [1, 1, 1, 1] } });
  const blocks = blockedKernels(emitter, 'w', geometry.kernels, block);
  const ours = emitBlockedConvolution(emitter, ['x', blocks], geometry);
  const difference = emitter.node('Abs', [emitter.node('Sub', [standard, ours])]);
  emitter.nodes.push({ operator: 'ReduceMax', inputs: [difference], outputs: ['difference'] });
  const { nodes, initializers } = emitter;
  const inputs = [
    { name: 'x', dimensions: geometry.results },
    { name: 'w', dimensions: geometry.kernels },
  ];
  const outputs = [{ name: 'difference', dimensions: [1, 1, 1, 1] }];
  const model = writeOnnxModel({ name: 'blocks', nodes, inputs, outputs, initializers });
  try {
    const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const feeds = Object.fromEntries(inputs.map(({ name, dimensions }) => [name, sample(dimensions)]));
    const [worst] = (await session.run(feeds))['difference']!.data as Float32Array;
    await session.release();
    return worst! < 1e-3;
  } catch {
    return false;
  }
}

/** Numbers of which no two neighbours are alike. */
function sample(shape: Shape): ort.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return new ort.Tensor(
    'float32',
    Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * 12.9898)),
    [...shape],
  );
}
