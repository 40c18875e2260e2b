/**
 * Training steps as graphs: typed operations with shape checks, differentiation closed under itself, a printable form
 * and a plain float64 evaluation. Engines turn a program into something fast.
 */
export { evaluateProgram } from './evaluate.ts';
export { gradients } from './gradient.ts';
export { Graph } from './graph.ts';
export { isOp, type Node, type OpName, type Resampling } from './node.ts';
export { OPS } from './ops/index.ts';
export { resamplingMatrix } from './ops/resample.ts';
export { liveNodes, type Program, printProgram } from './program.ts';
export { elementCount, formatShape, type Shape, sameShape } from './shape.ts';
