/** Reading images at any places as GridSample, and its adjoint, which ONNX has not, as four scatters. */
import type { Node } from '../../graph/index.ts';
import type { Emitter } from './emitter.ts';

export function emitSample(
  emitter: Emitter,
  node: Node<'sample'>,
  [x, rows, columns]: readonly string[],
): string {
  const [, , height, width] = node.inputs[0]!.shape as [number, number, number, number];
  // -1 and 1 are the centres of the outermost pixels.
  const scaled = (places: string, length: number) => {
    const share = emitter.node('Mul', [places, emitter.filled(2 / (length - 1))]);
    const shifted = emitter.node('Sub', [share, emitter.filled(1)]);
    return emitter.reshape(shifted, [...node.inputs[1]!.shape, 1]);
  };
  const grid = emitter.concat([scaled(columns!, width), scaled(rows!, height)], 3);
  return emitter.node('GridSample', [x!, grid], {
    mode: { string: 'bilinear' },
    padding_mode: { string: 'zeros' },
    align_corners: { int: 1 },
  });
}

export function emitSplat(
  emitter: Emitter,
  node: Node<'splat'>,
  [y, rows, columns]: readonly string[],
): string {
  const { height, width } = node.attributes;
  const [count, channels] = node.shape as [number, number];
  const places = node.inputs[1]!.shape[1]! * node.inputs[1]!.shape[2]!;
  const values = emitter.reshape(y!, [count, channels, places]);
  const row = axisTaps(emitter, emitter.reshape(rows!, [count, 1, places]), height);
  const column = axisTaps(emitter, emitter.reshape(columns!, [count, 1, places]), width);
  let result = emitter.filled(0, [count, channels, height * width]);
  for (const vertical of row) {
    const begin = emitter.node('Mul', [vertical.position, emitter.filled(width)]);
    for (const horizontal of column) {
      const pixel = emitter.node('Add', [begin, horizontal.position]);
      const everywhere = emitter.expand(pixel, [count, channels, places]);
      const index = emitter.node('Cast', [everywhere], { to: { int: INT64 } });
      const weight = emitter.node('Mul', [vertical.weight, horizontal.weight]);
      const updates = emitter.node('Mul', [values, weight]);
      result = emitter.node('ScatterElements', [result, index, updates], {
        axis: { int: 2 },
        reduction: { string: 'add' },
      });
    }
  }
  return emitter.reshape(result, node.shape);
}

/** TensorProto.DataType */
const INT64 = 7;

/** The two pixels around each place along one axis; one that lies outside has the weight 0 and any position inside. */
function axisTaps(emitter: Emitter, places: string, length: number): { position: string; weight: string }[] {
  const low = emitter.node('Floor', [places]);
  return [0, 1].map((offset) => {
    const wanted = offset === 0 ? low : emitter.node('Add', [low, emitter.filled(1)]);
    const position = emitter.node('Clip', [wanted, emitter.filled(0), emitter.filled(length - 1)]);
    const distance = emitter.node('Abs', [emitter.node('Sub', [places, wanted])]);
    const share = emitter.node('Sub', [emitter.filled(1), distance]);
    // 1 where the position is the wanted one, 0 where it had to be moved inside.
    const moved = emitter.node('Abs', [emitter.node('Sub', [wanted, position])]);
    const inside = emitter.node('Sub', [emitter.filled(1), emitter.node('Min', [moved, emitter.filled(1)])]);
    return { position, weight: emitter.node('Mul', [share, inside]) };
  });
}
