/** The part of TensorFlow.js that the engine uses. Described here, so that the package is needed only where it is chosen. */
export interface TfTensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** Of TensorFlow's native library; other backends have none of these. */
export interface TfBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version: string };
}

export interface Tf {
  readonly version?: Record<string, string>;
  /** A backend that has started once is set when the call returns. */
  setBackend(name: string): Promise<boolean>;
  backend(): TfBackend;
  tidy<Result>(work: () => Result): Result;
  tensor(values: Float32Array, shape: number[]): TfTensor;
  fill(shape: number[], value: number): TfTensor;
  range(start: number, stop: number): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  div(a: TfTensor, b: TfTensor): TfTensor;
  sqrt(a: TfTensor): TfTensor;
  rsqrt(a: TfTensor): TfTensor;
  exp(a: TfTensor): TfTensor;
  log(a: TfTensor): TfTensor;
  abs(a: TfTensor): TfTensor;
  neg(a: TfTensor): TfTensor;
  relu(a: TfTensor): TfTensor;
  sigmoid(a: TfTensor): TfTensor;
  greater(a: TfTensor, b: TfTensor): TfTensor;
  less(a: TfTensor, b: TfTensor): TfTensor;
  logicalAnd(a: TfTensor, b: TfTensor): TfTensor;
  cast(a: TfTensor, type: 'float32' | 'int32'): TfTensor;
  clipByValue(a: TfTensor, low: number, high: number): TfTensor;
  sum(a: TfTensor, axes: number[], keepDimensions: boolean): TfTensor;
  broadcastTo(a: TfTensor, shape: number[]): TfTensor;
  reshape(a: TfTensor, shape: number[]): TfTensor;
  transpose(a: TfTensor, order: number[]): TfTensor;
  concat(parts: TfTensor[], axis: number): TfTensor;
  slice(a: TfTensor, begin: number[], size: number[]): TfTensor;
  stridedSlice(a: TfTensor, begin: number[], end: number[], strides: number[]): TfTensor;
  pad(a: TfTensor, pads: [number, number][]): TfTensor;
  reverse(a: TfTensor, axes: number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  floor(a: TfTensor): TfTensor;
  minimum(a: TfTensor, b: TfTensor): TfTensor;
  gather(a: TfTensor, indices: TfTensor, axis: number): TfTensor;
  scatterND(indices: TfTensor, updates: TfTensor, shape: number[]): TfTensor;
  conv2d(x: TfTensor, filter: TfTensor, strides: number, pad: 'valid'): TfTensor;
}
