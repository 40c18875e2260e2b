/** Products of large float64 matrices by ONNX Runtime: what takes a loop here half a minute takes it a second. */
import type * as Ort from 'onnxruntime-node';
import type { MatrixProduct } from '../measures/matrix.ts';
import { DOUBLE, model, node, valueInfo } from './model.ts';

export interface MatrixEngine {
  readonly product: MatrixProduct;
  close(): Promise<void>;
}

export async function createMatrixEngine(): Promise<MatrixEngine> {
  const ort = await import('onnxruntime-node');
  const sessions = new Map<boolean, Ort.InferenceSession>();
  for (const transposed of [false, true]) {
    const options = { executionProviders: ['cpu'], logSeverityLevel: 3 } as const;
    sessions.set(transposed, await ort.InferenceSession.create(gemm(transposed), options));
  }
  return {
    async product(a, b, inner, transposed) {
      const shape = (data: Float64Array) => [data.length / inner, inner];
      const columns = transposed ? [inner, b.length / inner] : shape(b);
      const left = transposed ? [inner, a.length / inner] : shape(a);
      const feeds = { a: new ort.Tensor('float64', a, left), b: new ort.Tensor('float64', b, columns) };
      const { y } = await sessions.get(transposed)!.run(feeds);
      return y.data as Float64Array;
    },
    async close() {
      for (const session of sessions.values()) await session.release();
    },
  };
}

/** y = a b' of rows, or a' b of columns. */
function gemm(transposed: boolean): Uint8Array {
  return model('product', {
    nodes: [node('Gemm', ['a', 'b'], 'y', transposed ? { transA: 1 } : { transB: 1 })],
    tensors: [],
    inputs: [valueInfo('a', ['p', 'q'], DOUBLE), valueInfo('b', ['r', 's'], DOUBLE)],
    outputs: [valueInfo('y', ['t', 'u'], DOUBLE)],
  });
}
