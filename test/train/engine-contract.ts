/**
 * The contract suite's cases: every operation of the graph in the shapes that networks use. `loss` is a scalar whose
 * first and second gradients are not trivial.
 */
import type { Graph, Node, OpName, Shape } from '../../src/train/graph/index.ts';

export interface OperationCase {
  name: string;
  op: OpName;
  shapes: Shape[];
  /** Inputs are drawn positive (for roots, logarithms and divisors). */
  positive?: boolean;
  build(graph: Graph, inputs: Node[]): Node;
}

const unary = (op: OpName, build: (graph: Graph, a: Node) => Node, positive = false): OperationCase => ({
  name: op,
  op,
  shapes: [[3, 4]],
  positive,
  build: (graph, [a]) => build(graph, a!),
});

const binaryShapes: Shape[][] = [
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[], [2, 3]],
];

const binary = (op: OpName, build: (graph: Graph, a: Node, b: Node) => Node): OperationCase[] =>
  binaryShapes.map((shapes) => ({
    name: `${op} ${JSON.stringify(shapes)}`,
    op,
    shapes,
    positive: op === 'divide',
    build: (graph, [a, b]) => build(graph, a!, b!),
  }));

const convolutions = [
  { size: 3, stride: 1, pad: 1, side: 5 },
  // The discriminator's last one has a channel more than a power of two.
  { size: 3, stride: 1, pad: 1, side: 4, inputs: 9, outputs: 8 },
  { size: 3, stride: 2, pad: 0, side: 5, inputs: 8, outputs: 9 },
  { size: 3, stride: 2, pad: 0, side: 163, inputs: 1, outputs: 2 },
  { size: 1, stride: 1, pad: 0, side: 4 },
  { size: 3, stride: 2, pad: 0, side: 7 },
  { size: 3, stride: 2, pad: 1, side: 6 },
  { size: 4, stride: 1, pad: 0, side: 4 },
  // Whole blocks of channels, which some engines compute in a layout of their own.
  { size: 3, stride: 1, pad: 1, side: 9, inputs: 16, outputs: 32 },
  { size: 3, stride: 2, pad: 0, side: 17, inputs: 32, outputs: 16 },
  { size: 3, stride: 1, pad: 0, side: 10, inputs: 24, outputs: 8 },
];

export const OPERATION_CASES: OperationCase[] = [
  unary('indices', (graph, a) => graph.multiply(a, graph.indices(4))),
  unary('identity', (graph, a) => graph.identity(a)),
  ...binary('add', (graph, a, b) => graph.add(a, b)),
  ...binary('subtract', (graph, a, b) => graph.subtract(a, b)),
  ...binary('multiply', (graph, a, b) => graph.multiply(a, b)),
  ...binary('divide', (graph, a, b) => graph.divide(a, b)),
  unary('squareRoot', (graph, a) => graph.squareRoot(a), true),
  unary('reciprocalRoot', (graph, a) => graph.reciprocalRoot(a), true),
  unary('exponential', (graph, a) => graph.exponential(a)),
  unary('logarithm', (graph, a) => graph.logarithm(a), true),
  unary('softplus', (graph, a) => graph.softplus(a)),
  unary('sigmoid', (graph, a) => graph.sigmoid(a)),
  unary('leakyRelu', (graph, a) => graph.leakyRelu(a, 0.2)),
  unary('leakyStep', (graph, a) => graph.multiply(a, graph.leakyStep(a, 0.2))),
  unary('clamp', (graph, a) => graph.clamp(a, -0.5, 0.7)),
  unary('insideStep', (graph, a) => graph.multiply(a, graph.insideStep(a, -0.5, 0.7))),
  unary('sum', (graph, a) => graph.sumAxes(a, [1])),
  unary('broadcast', (graph, a) => graph.broadcast(graph.reshape(a, [3, 1, 4]), [2, 3, 5, 4])),
  unary('reshape', (graph, a) => graph.matmul(graph.reshape(a, [2, 6]), graph.reshape(a, [6, 2]))),
  {
    name: 'transpose',
    op: 'transpose',
    shapes: [[2, 3, 4]],
    build: (graph, [a]) => graph.transpose(a!, [2, 0, 1]),
  },
  {
    name: 'concat',
    op: 'concat',
    shapes: [
      [2, 3, 2],
      [2, 1, 2],
    ],
    build: (graph, [a, b]) => graph.concat([a!, b!, a!], 1),
  },
  unary('slice', (graph, a) => graph.slice(a, 1, 1, 3)),
  {
    name: 'slice into all parts',
    op: 'slice',
    shapes: [[6]],
    build: (graph, [a]) => graph.multiply(graph.slice(a!, 0, 0, 3), graph.slice(a!, 0, 3, 6)),
  },
  unary('pad', (graph, a) => graph.pad(a, 0, 1, 2)),
  ...[0, 1, 2, 3].map((flags): OperationCase => {
    const [left, right] = [flags % 2 === 1, flags > 1];
    const shapes: Shape[] = [left ? [4, 3] : [3, 4], right ? [5, 4] : [4, 5]];
    return {
      name: `matmul ${left}/${right}`,
      op: 'matmul',
      shapes,
      build: (graph, [a, b]) => graph.matmul(a!, b!, left, right),
    };
  }),
  ...[0, 1, 2, 3].map((flags): OperationCase => {
    const [left, right] = [flags % 2 === 1, flags > 1];
    const shapes: Shape[] = [left ? [2, 1, 4, 3] : [2, 1, 3, 4], right ? [3, 5, 4] : [3, 4, 5]];
    return {
      name: `matmul in batches ${left}/${right}`,
      op: 'matmul',
      shapes,
      build: (graph, [a, b]) => graph.matmul(a!, b!, left, right),
    };
  }),
  ...convolutions.map(
    ({ size, stride, pad, side, inputs = 3, outputs = 4 }): OperationCase => ({
      name: `convolution ${size}x${size} stride ${stride} pad ${pad}${inputs === 3 ? '' : ` of ${side}, ${inputs} to ${outputs}`}`,
      op: 'convolution',
      shapes: [
        [2, inputs, side, side],
        [outputs, inputs, size, size],
      ],
      build: (graph, [x, w]) => graph.convolution(x!, w!, { stride, pad }),
    }),
  ),
  {
    name: 'convolution, bias, leaky ReLU, filter and convolution of whole blocks of channels',
    op: 'leakyRelu',
    shapes: [[2, 16, 8, 8], [16, 16, 3, 3], [16], [16, 16, 3, 3]],
    build: (graph, [x, first, bias, second]) => {
      const sum = graph.convolution(x!, first!, { stride: 1, pad: 1 });
      const active = graph.leakyRelu(graph.add(sum, graph.reshape(bias!, [1, 16, 1, 1])), 0.2);
      const filtered = graph.resample(active, { taps: [1, 3, 4, 1], up: 1, down: 1, before: 2, after: 2 });
      return graph.multiply(graph.convolution(filtered, second!, { stride: 2, pad: 0 }), 0.01);
    },
  },
  {
    name: 'convolutionInput stride 2 (transposed convolution)',
    op: 'convolutionInput',
    shapes: [
      [2, 3, 4, 4],
      [3, 5, 3, 3],
    ],
    build: (graph, [y, w]) => graph.convolutionInput(y!, w!, { stride: 2, pad: 0, shape: [2, 5, 9, 9] }),
  },
  {
    name: 'convolutionWeights',
    op: 'convolutionWeights',
    shapes: [
      [2, 3, 5, 5],
      [2, 4, 5, 5],
    ],
    build: (graph, [x, y]) => graph.convolutionWeights(x!, y!, { stride: 1, pad: 1, shape: [4, 3, 3, 3] }),
  },
  ...[
    { taps: [1, 3, 3, 1], up: 2, down: 1, before: 2, after: 1, side: 4 },
    { taps: [1, 3, 3, 1], up: 1, down: 2, before: 1, after: 1, side: 6 },
    { taps: [1, 3, 4, 1], up: 1, down: 1, before: 2, after: 2, side: 5 },
    { taps: [1, 2], up: 1, down: 1, before: -1, after: 1, side: 5 },
    { taps: [1, 3, 3, 1], up: 2, down: 1, before: 1, after: 1, side: 40 },
    { taps: [1, 3, 3, 1], up: 1, down: 2, before: 1, after: 1, side: 80 },
    { taps: [1, 3, 3, 1], up: 1, down: 1, before: 1, after: 1, side: 70 },
    // Above 160 pixels engines go other ways.
    { taps: [1, 3, 3, 1], up: 2, down: 1, before: 2, after: 1, side: 82 },
    { taps: [1, 3, 3, 1], up: 1, down: 2, before: 1, after: 1, side: 164 },
    { taps: [1, 3, 3, 1], up: 1, down: 1, before: 2, after: 2, side: 161 },
    { taps: [1, 3, 4, 1], up: 1, down: 1, before: 2, after: 0, side: 9, channels: 32 },
  ].map(
    ({ side, channels = 1, ...resampling }): OperationCase => ({
      name: `resample up ${resampling.up} down ${resampling.down} of ${side}${channels === 1 ? '' : `, ${channels} channels`}`,
      op: 'resample',
      shapes: [[2, channels, side, side]],
      build: (graph, [x]) => graph.resample(x!, resampling),
    }),
  ),
  {
    name: 'sample',
    op: 'sample',
    shapes: [[2, 3, 5, 6]],
    build: (graph, [x]) => graph.sample(x!, ...places(graph)),
  },
  {
    name: 'splat',
    op: 'splat',
    shapes: [[2, 3, 4, 7]],
    build: (graph, [y]) => graph.splat(y!, ...places(graph), { height: 5, width: 6 }),
  },
];

/** Rows and columns [2, 4, 7] around an image of 5x6 pixels: between pixels, on them, across the edge and outside. */
function places(graph: Graph): [Node, Node] {
  const axis = (length: number, shape: Shape) => graph.reshape(graph.indices(length), shape);
  const [image, row, column] = [axis(2, [2, 1, 1]), axis(4, [1, 4, 1]), axis(7, [1, 1, 7])];
  const rows = graph.add(graph.multiply(row, 1.7), graph.subtract(graph.multiply(image, 0.25), 0.6));
  const columns = graph.add(graph.multiply(column, 0.9), graph.subtract(graph.multiply(row, 0.3), 1));
  return [graph.broadcast(rows, [2, 4, 7]), graph.broadcast(columns, [2, 4, 7])];
}
