/**
 * The Inception network of 2015-12-05 as FID uses it (Szegedy et al. 2015, arXiv 1512.00567; the port of
 * mseitzer/pytorch-fid): 1008 classes, average pools that do not count their padding, a maximum in the pool branch of
 * the last block. Written once against a sink, so that the same lines make the model, list the weights and name them as
 * PyTorch's port and as the frozen TensorFlow graph do.
 */
export interface Convolution {
  /** `Mixed_5b.branch5x5_1` */
  readonly torch: string;
  /** `mixed/tower/conv` */
  readonly tensorflow: string;
  readonly outputs: number;
  /** Rows, columns. */
  readonly kernel: readonly [number, number];
  readonly stride: number;
  /** Zeros above and below, left and right. */
  readonly pad: readonly [number, number];
}

/** Each convolution is followed by batch normalisation and a ReLU. */
export interface LayerSink<Value> {
  convolution(input: Value, layer: Convolution): Value;
  maxPool(input: Value, stride: 1 | 2): Value;
  /** 3x3, stride 1, over the pixels that are there. */
  averagePool(input: Value): Value;
  concat(parts: readonly Value[]): Value;
}

/** Outputs after the first and second max pool, Mixed_6e, and Mixed_7c: 64, 192, 768 and 2048 channels. */
export type TrunkOutputs<Value> = readonly [Value, Value, Value, Value];

export const FEATURES = 2048;
export const CLASSES = 1008;
export const INPUT_SIZE = 299;
export const BATCH_NORM_EPSILON = 0.001;

type Kernel = 1 | 3 | 5 | readonly [number, number];

interface Step {
  suffix: string;
  outputs: number;
  kernel: Kernel;
  stride?: 1 | 2;
  /** Two convolutions of the same input, side by side. */
  fork?: boolean;
}

interface Branch {
  name: string;
  pool?: 'average' | 'max';
  steps: readonly Step[];
}

export function inceptionTrunk<Value>(sink: LayerSink<Value>, input: Value): TrunkOutputs<Value> {
  const stem = (
    x: Value,
    torch: string,
    index: number,
    outputs: number,
    kernel: 1 | 3,
    stride: 1 | 2,
    pad: number,
  ) =>
    sink.convolution(x, {
      torch,
      tensorflow: numbered('conv', index),
      outputs,
      kernel: [kernel, kernel],
      stride,
      pad: [pad, pad],
    });
  let x = stem(input, 'Conv2d_1a_3x3', 0, 32, 3, 2, 0);
  x = stem(x, 'Conv2d_2a_3x3', 1, 32, 3, 1, 0);
  x = stem(x, 'Conv2d_2b_3x3', 2, 64, 3, 1, 1);
  const block0 = sink.maxPool(x, 2);
  x = stem(block0, 'Conv2d_3b_1x1', 3, 80, 1, 1, 0);
  x = stem(x, 'Conv2d_4a_3x3', 4, 192, 3, 1, 0);
  const block1 = sink.maxPool(x, 2);
  x = block1;
  let block2 = x;
  BLOCKS.forEach(([name, branches], index) => {
    x = mixed(sink, x, name, numbered('mixed', index), branches);
    if (name === 'Mixed_6e') block2 = x;
  });
  return [block0, block1, block2, x];
}

function mixed<Value>(
  sink: LayerSink<Value>,
  input: Value,
  torch: string,
  tensorflow: string,
  branches: readonly Branch[],
): Value {
  let towers = 0;
  const outputs = branches.flatMap((branch) => {
    // TensorFlow names a branch of one convolution after it; all others are towers.
    const isPlain = branch.steps.length === 1 && !branch.pool;
    const tower = isPlain || branch.steps.length === 0 ? '' : `${numbered('tower', towers++)}/`;
    return runBranch(sink, input, `${torch}.${branch.name}`, `${tensorflow}/${tower}`, branch);
  });
  return sink.concat(outputs);
}

function runBranch<Value>(
  sink: LayerSink<Value>,
  input: Value,
  torch: string,
  tensorflow: string,
  branch: Branch,
): Value[] {
  const stride = branch.steps.length === 0 ? 2 : 1;
  let x =
    branch.pool === undefined
      ? input
      : branch.pool === 'max'
        ? sink.maxPool(input, stride)
        : sink.averagePool(input);
  const forked: Value[] = [];
  branch.steps.forEach((step, index) => {
    const convolve = (suffix: string, name: string, kernel: Kernel) =>
      sink.convolution(x, {
        torch: `${torch}${suffix}`,
        tensorflow: `${tensorflow}${name}`,
        outputs: step.outputs,
        ...geometry(kernel, step.stride ?? 1),
      });
    if (step.fork) {
      forked.push(
        convolve(`${step.suffix}a`, 'mixed/conv', [1, 3]),
        convolve(`${step.suffix}b`, 'mixed/conv_1', [3, 1]),
      );
    } else {
      x = convolve(step.suffix, numbered('conv', index), step.kernel);
    }
  });
  return forked.length > 0 ? forked : [x];
}

/** Same size for stride 1, no padding for stride 2. */
function geometry(kernel: Kernel, stride: 1 | 2): Pick<Convolution, 'kernel' | 'stride' | 'pad'> {
  const [rows, columns] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  return { kernel: [rows, columns], stride, pad: stride === 2 ? [0, 0] : [rows >> 1, columns >> 1] };
}

const numbered = (name: string, index: number) => (index === 0 ? name : `${name}_${index}`);

const plain = (name: string, outputs: number, kernel: Kernel = 1, stride: 1 | 2 = 1): Branch => ({
  name,
  steps: [{ suffix: '', outputs, kernel, stride }],
});

const chain = (name: string, ...steps: readonly [number, Kernel, (1 | 2)?][]): Branch => ({
  name,
  steps: steps.map(([outputs, kernel, stride = 1], index) => ({
    suffix: `_${index + 1}`,
    outputs,
    kernel,
    stride,
  })),
});

const pooled = (outputs: number, pool: 'average' | 'max' = 'average'): Branch => ({
  ...plain('branch_pool', outputs),
  pool,
});

const MAX_POOL: Branch = { name: 'pool', pool: 'max', steps: [] };
const ROW: Kernel = [1, 7];
const COLUMN: Kernel = [7, 1];

const blockA = (poolOutputs: number): Branch[] => [
  plain('branch1x1', 64),
  chain('branch5x5', [48, 1], [64, 5]),
  chain('branch3x3dbl', [64, 1], [96, 3], [96, 3]),
  pooled(poolOutputs),
];

const blockC = (inner: number): Branch[] => [
  plain('branch1x1', 192),
  chain('branch7x7', [inner, 1], [inner, ROW], [192, COLUMN]),
  chain('branch7x7dbl', [inner, 1], [inner, COLUMN], [inner, ROW], [inner, COLUMN], [192, ROW]),
  pooled(192),
];

const forkAfter = (name: string, ...steps: readonly [number, Kernel][]): Branch => {
  const { steps: before } = chain(name, ...steps);
  return {
    name,
    steps: [...before, { suffix: `_${before.length + 1}`, outputs: 384, kernel: 3, fork: true }],
  };
};

const blockE = (pool: 'average' | 'max'): Branch[] => [
  plain('branch1x1', 320),
  forkAfter('branch3x3', [384, 1]),
  forkAfter('branch3x3dbl', [448, 1], [384, 3]),
  pooled(192, pool),
];

const BLOCKS: readonly (readonly [string, readonly Branch[]])[] = [
  ['Mixed_5b', blockA(32)],
  ['Mixed_5c', blockA(64)],
  ['Mixed_5d', blockA(64)],
  [
    'Mixed_6a',
    [plain('branch3x3', 384, 3, 2), chain('branch3x3dbl', [64, 1], [96, 3], [96, 3, 2]), MAX_POOL],
  ],
  ['Mixed_6b', blockC(128)],
  ['Mixed_6c', blockC(160)],
  ['Mixed_6d', blockC(160)],
  ['Mixed_6e', blockC(192)],
  [
    'Mixed_7a',
    [
      chain('branch3x3', [192, 1], [320, 3, 2]),
      chain('branch7x7x3', [192, 1], [192, ROW], [192, COLUMN], [192, 3, 2]),
      MAX_POOL,
    ],
  ],
  ['Mixed_7b', blockE('average')],
  ['Mixed_7c', blockE('max')],
];

/** Every convolution with the number of its input channels, in the order of the forward pass. */
export function listConvolutions(): { layer: Convolution; inputs: number }[] {
  const found: { layer: Convolution; inputs: number }[] = [];
  inceptionTrunk<number>(
    {
      convolution(inputs, layer) {
        found.push({ layer, inputs });
        return layer.outputs;
      },
      maxPool: (channels) => channels,
      averagePool: (channels) => channels,
      concat: (parts) => parts.reduce((sum, channels) => sum + channels, 0),
    },
    3,
  );
  return found;
}
