/** The one product that statistics and distances are made of, so that an engine can take its place. */

/**
 * Rows of a times rows of b, [rows of a, rows of b]; `transposed`: columns of a times columns of b. `inner` is what is
 * summed over.
 */
export type MatrixProduct = (
  a: Float64Array,
  b: Float64Array,
  inner: number,
  transposed: boolean,
) => Float64Array | Promise<Float64Array>;

/** The reference for faster products, and enough for small matrices. */
export const productByLoop: MatrixProduct = (a, b, inner, transposed) => {
  const left = transposed ? transpose(a, inner) : a;
  const right = transposed ? transpose(b, inner) : b;
  const [rows, columns] = [a.length / inner, b.length / inner];
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0, p = i * inner, q = j * inner; k < inner; k++) sum += left[p++] * right[q++];
      result[i * columns + j] = sum;
    }
  }
  return result;
};

/** [rows, n] to [n, rows]. */
function transpose(data: Float64Array, rows: number): Float64Array {
  const n = data.length / rows;
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) result[j * rows + i] = data[i * n + j];
  return result;
}
