/** Reading images at any places, and its adjoint, by gathering and scattering pixels. */
import type { Node } from '../../graph/index.ts';
import type { Tf, TfTensor } from './api.ts';

export function sample(tf: Tf, node: Node<'sample'>, [x, rows, columns]: TfTensor[]): TfTensor {
  const [count, channels, height, width] = x!.shape as [number, number, number, number];
  const places = rows!.shape[1]! * rows!.shape[2]!;
  const area = height * width;
  const planes = tf.transpose(tf.reshape(x!, [count, channels, area]), [0, 2, 1]);
  const pixels = tf.reshape(planes, [count * area, channels]);
  const parts = taps(tf, rows!, columns!, height, width).map(({ index, weight }) =>
    tf.mul(tf.gather(pixels, tf.cast(index, 'int32'), 0), tf.reshape(weight, [count * places, 1])),
  );
  const total = tf.reshape(sumOf(tf, parts), [count, places, channels]);
  return tf.reshape(tf.transpose(total, [0, 2, 1]), [...node.shape]);
}

export function splat(tf: Tf, node: Node<'splat'>, [y, rows, columns]: TfTensor[]): TfTensor {
  const { height, width } = node.attributes;
  const [count, channels] = y!.shape as [number, number];
  const places = rows!.shape[1]! * rows!.shape[2]!;
  const area = height * width;
  const planes = tf.transpose(tf.reshape(y!, [count, channels, places]), [0, 2, 1]);
  const values = tf.reshape(planes, [count * places, channels]);
  const parts = taps(tf, rows!, columns!, height, width).map(({ index, weight }) => {
    const flat = tf.reshape(tf.cast(index, 'int32'), [count * places, 1]);
    const updates = tf.mul(values, tf.reshape(weight, [count * places, 1]));
    return tf.scatterND(flat, updates, [count * area, channels]);
  });
  const total = tf.reshape(sumOf(tf, parts), [count, area, channels]);
  return tf.reshape(tf.transpose(total, [0, 2, 1]), [...node.shape]);
}

function sumOf(tf: Tf, parts: TfTensor[]): TfTensor {
  return parts.reduce((sum, part) => tf.add(sum, part));
}

/** The four pixels around each of N * places: their positions among all pixels, and weights, which are 0 outside. */
function taps(
  tf: Tf,
  rows: TfTensor,
  columns: TfTensor,
  height: number,
  width: number,
): { index: TfTensor; weight: TfTensor }[] {
  const flat = (a: TfTensor) => tf.reshape(a, [a.shape[0]!, a.shape[1]! * a.shape[2]!]);
  const one = tf.fill([], 1);
  const around = (places: TfTensor, length: number) =>
    [0, 1].map((offset) => {
      const wanted = tf.add(tf.floor(places), tf.fill([], offset));
      const position = tf.clipByValue(wanted, 0, length - 1);
      const share = tf.sub(one, tf.abs(tf.sub(places, wanted)));
      const inside = tf.sub(one, tf.minimum(tf.abs(tf.sub(wanted, position)), one));
      return { position, weight: tf.mul(share, inside) };
    });
  const count = rows.shape[0]!;
  const image = tf.reshape(tf.mul(tf.range(0, count), tf.fill([], height * width)), [count, 1]);
  const length = count * rows.shape[1]! * rows.shape[2]!;
  const horizontal = around(flat(columns), width);
  return around(flat(rows), height).flatMap((row) =>
    horizontal.map((column) => {
      const pixel = tf.add(tf.mul(row.position, tf.fill([], width)), column.position);
      return {
        index: tf.reshape(tf.add(pixel, image), [length]),
        weight: tf.mul(row.weight, column.weight),
      };
    }),
  );
}
