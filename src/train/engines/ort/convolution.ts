/** Convolution and its adjoint in the images as ONNX operators. */
import type { Node, Shape } from '../../graph/index.ts';
import { blockedKernels, emitBlockedConvolution, isWorthBlocking } from './blocked.ts';
import { emitRaise, isWorthRaising } from './blocked-raise.ts';
import type { Emitter, Images } from './emitter.ts';

/** `inputs`: images, kernels and perhaps the bias [out]. `slope`: of the leaky ReLU behind it, where there is one. */
export function emitConvolution(
  emitter: Emitter,
  node: Node<'convolution'>,
  inputs: readonly string[],
  slope?: number,
): string {
  const { stride, pad } = node.attributes;
  const kernels = node.inputs[1]!.shape as Images;
  const geometry = { kernels, results: node.shape, stride, pad };
  if (emitter.channelBlock !== undefined && isWorthBlocking(geometry, emitter.channelBlock)) {
    const [x, w, ...bias] = inputs as [string, string, ...string[]];
    const blocks = blockedKernels(emitter, w, kernels, emitter.channelBlock);
    return emitBlockedConvolution(emitter, [x, blocks, ...bias], geometry, slope);
  }
  const sum = emitConv(emitter, inputs, kernels, stride, pad);
  return slope === undefined ? sum : emitter.node('LeakyRelu', [sum], { alpha: { float: slope } });
}

/** `kernels`: [out, in, k, k]. */
function emitConv(
  emitter: Emitter,
  [x, w, ...bias]: readonly string[],
  kernels: Images,
  stride: number,
  pad: number,
): string {
  const [, channels, size] = kernels;
  const missing = size > 1 ? channelsMissing(emitter, channels) : 0;
  const filled = (name: string) => emitter.pad(name, [0, 0, 0, 0, 0, missing, 0, 0]);
  return emitter.node('Conv', [filled(x!), filled(w!), ...bias], {
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [size, size] },
  });
}

/** Channels of zeros to add, where a provider computes other numbers of channels wrongly. */
function channelsMissing({ channelMultiple }: Emitter, channels: number): number {
  return channels < channelMultiple ? 0 : (channelMultiple - (channels % channelMultiple)) % channelMultiple;
}

/** With stride 1 it is a convolution with turned kernels (faster than ConvTranspose), with stride 2 four of them where there are blocks. */
export function emitConvolutionInput(
  emitter: Emitter,
  node: Node<'convolutionInput'>,
  [y, w]: readonly string[],
): string {
  const { stride, pad, shape } = node.attributes;
  const [, , height, width] = node.inputs[0]!.shape as Images;
  const size = node.inputs[1]!.shape[2]!;
  const { channelBlock } = emitter;
  if (stride === 1) {
    const [inputs, outputs] = node.inputs[1]!.shape as Images;
    const kernels: Images = [outputs, inputs, size, size];
    const geometry = { kernels, results: node.shape, stride, pad: size - 1 - pad };
    if (channelBlock !== undefined && isWorthBlocking(geometry, channelBlock)) {
      const blocks = blockedKernels(emitter, w!, kernels, channelBlock, true);
      return emitBlockedConvolution(emitter, [y!, blocks], geometry);
    }
    const turned = turnKernels(emitter, w!, node.inputs[1]!.shape as Images);
    const adjoint = emitter.transpose(turned, [1, 0, 2, 3]);
    return emitConv(emitter, [y!, adjoint], kernels, 1, geometry.pad);
  }
  const [images, kernelShape] = node.inputs.map((input) => input.shape) as [Shape, Shape];
  const isOdd = stride === 2 && pad === 0 && shape[2] === 2 * height + 1 && shape[3] === 2 * width + 1;
  if (channelBlock !== undefined && isOdd && isWorthRaising(kernelShape, images, channelBlock))
    return emitRaise(emitter, y!, w!, kernelShape, images, channelBlock);
  const missing = (length: number, axis: number) => shape[axis]! - ((length - 1) * stride - 2 * pad + size);
  return emitter.node('ConvTranspose', [y!, w!], {
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    kernel_shape: { ints: [size, size] },
    output_padding: { ints: [missing(height, 2), missing(width, 3)] },
  });
}

/** Kernels [a, b, k, k] turned by 180 degrees: a product with a permutation, which beats strided copies of short rows. */
function turnKernels(emitter: Emitter, kernels: string, shape: Images): string {
  const [a, b, size] = shape;
  if (size === 1) return kernels;
  const taps = size * size;
  const turn = emitter.constant(`turn:${size}`, () => {
    const data = new Float32Array(taps * taps);
    for (let tap = 0; tap < taps; tap++) data[tap * taps + taps - 1 - tap] = 1;
    return { dimensions: [taps, taps], data };
  });
  const turned = emitter.node('Gemm', [emitter.reshape(kernels, [a * b, taps]), turn]);
  return emitter.reshape(turned, shape);
}
