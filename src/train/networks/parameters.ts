/**
 * The weights of a network. They live in one flat vector, in the order of the list, so that an optimiser step is a dozen
 * operations whatever the network, and so that a state is a handful of tensors.
 *
 * Weights are stored as they act. The "equalised learning rate" of PG-GAN and StyleGAN (unit-variance weights, scaled by
 * 1/sqrt(fan-in) where they are used) is the same as weights of deviation 1/sqrt(fan-in) whose Adam steps carry that
 * factor, because Adam does not see the scale of a gradient; so the factor is a per-weight rate, applied once a step.
 */
import type { Random } from '../../numeric/random.ts';
import { elementCount, type Graph, type Node, type Shape } from '../graph/index.ts';

export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** Weights start as mean + deviation * normal. */
  readonly mean: number;
  readonly deviation: number;
  /** Learning rate relative to the network's. */
  readonly rate: number;
}

export type ParameterList = readonly Parameter[];
/** A weight by its parameter's name. */
export type Weights = (name: string) => Node;

export function parameterCount(parameters: ParameterList): number {
  return parameters.reduce((total, { shape }) => total + elementCount(shape), 0);
}

export function initialWeights(parameters: ParameterList, random: Random): Float32Array {
  return fillByParameter(parameters, ({ mean, deviation, name }) => {
    // Each parameter has its own stream: adding one does not change the others.
    const own = random.fork(name);
    return () => (deviation === 0 ? mean : mean + deviation * own.normal());
  });
}

export function learningRates(parameters: ParameterList): Float32Array {
  return fillByParameter(
    parameters,
    ({ rate }) =>
      () =>
        rate,
  );
}

/** Cuts the flat vector into weights, each a place to differentiate at. */
export function unpackWeights(graph: Graph, flat: Node, parameters: ParameterList): Map<string, Node> {
  const weights = new Map<string, Node>();
  let begin = 0;
  for (const { name, shape } of parameters) {
    const end = begin + elementCount(shape);
    weights.set(name, graph.identity(graph.reshape(graph.slice(flat, 0, begin, end), shape)));
    begin = end;
  }
  return weights;
}

/** Joins tensors in the order of the list into one flat vector. */
export function packWeights(graph: Graph, tensors: readonly Node[]): Node {
  return graph.concat(
    tensors.map((tensor) => graph.reshape(tensor, [elementCount(tensor.shape)])),
    0,
  );
}

function fillByParameter(
  parameters: ParameterList,
  valuesOf: (parameter: Parameter) => () => number,
): Float32Array {
  const flat = new Float32Array(parameterCount(parameters));
  let position = 0;
  for (const parameter of parameters) {
    const next = valuesOf(parameter);
    const end = position + elementCount(parameter.shape);
    while (position < end) flat[position++] = next();
  }
  return flat;
}
