import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import {
  elementCount,
  evaluateProgram,
  Graph,
  gradients,
  isOp,
  type Node,
  OPS,
  type Program,
} from '../../src/train/graph/index.ts';
import { OPERATION_CASES, type OperationCase } from './engine-contract.ts';
import { presentEngines } from './engines.ts';

interface Problem {
  program: Program;
  inputs: Record<string, Float32Array>;
}

/** value, gradients of a scalar of it, and gradients of the squared length of those: second derivatives. */
function problemFor(test: OperationCase): Problem {
  const graph = new Graph();
  const random = createRandom(test.name);
  const nodes = test.shapes.map((shape, i) => graph.input(`x${i}`, shape));
  const value = test.build(graph, nodes);
  const weight = graph.input('weight', value.shape);
  const loss = graph.total(graph.multiply(weight, graph.multiply(value, graph.sigmoid(value))));
  const first = gradients(graph, loss, nodes);
  const length = first.map((node) => graph.total(graph.square(node))).reduce((a, b) => graph.add(a, b));
  const second = gradients(graph, length, nodes);
  const named = (label: string, list: Node[]) =>
    Object.fromEntries(list.map((node, i) => [`${label}${i}`, node]));
  const draw = (shape: readonly number[]) =>
    Float32Array.from({ length: elementCount(shape) }, () =>
      test.positive ? 0.5 + random.uniform() : random.normal(),
    );
  return {
    program: {
      name: test.name,
      graph,
      outputs: { value, loss, length, ...named('first', first), ...named('second', second) },
    },
    inputs: Object.fromEntries([
      ...nodes.map((node, i) => [`x${i}`, draw(node.shape)] as const),
      ['weight', draw(value.shape)],
    ]),
  };
}

/** The slope of `output` along `direction`, by central differences in float64. */
function slope(
  { program, inputs }: Problem,
  output: string,
  direction: Record<string, Float64Array>,
): number {
  const step = 1e-5;
  const at = (sign: number) => {
    const moved = Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => [
        name,
        Float64Array.from(data, (value, i) => value + sign * step * (direction[name]?.[i] ?? 0)),
      ]),
    );
    return evaluateProgram(program, moved)[output]![0]!;
  };
  return (at(1) - at(-1)) / (2 * step);
}

function worstError(actual: ArrayLike<number>, expected: Float64Array): number {
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]!) / scale));
}

describe('every operation of the graph', () => {
  it('has a case', () => {
    const covered = new Set(OPERATION_CASES.map((test) => test.op));
    const missing = Object.keys(OPS).filter(
      (op) => !['input', 'constant'].includes(op) && !covered.has(op as never),
    );
    // Adjoint in the kernels and derivative steps also appear inside the gradients of the others.
    expect(missing).toEqual([]);
  });

  it.each(OPERATION_CASES)('$name: first and second gradients follow finite differences', (test) => {
    const problem = problemFor(test);
    const exact = evaluateProgram(problem.program, problem.inputs);
    const random = createRandom(`${test.name} direction`);
    const direction = Object.fromEntries(
      test.shapes.map((shape, i) => [
        `x${i}`,
        Float64Array.from({ length: elementCount(shape) }, () => random.normal()),
      ]),
    );
    for (const [output, gradient] of [
      ['loss', 'first'],
      ['length', 'second'],
    ] as const) {
      const predicted = test.shapes.reduce(
        (total, _, i) =>
          total +
          exact[`${gradient}${i}`]!.reduce((sum, value, j) => sum + value * direction[`x${i}`]![j]!, 0),
        0,
      );
      const measured = slope(problem, output, direction);
      expect(Math.abs(predicted - measured) / Math.max(1, Math.abs(measured))).toBeLessThan(1e-5);
    }
  });
});

for (const { name, engine, absent } of await presentEngines()) {
  if (!engine) {
    console.info(`engine ${name} is not here: ${absent}`);
    it.skip(`engine ${name} is not here: ${absent}`, () => {});
    continue;
  }
  describe(`engine ${name}`, () => {
    it.each(OPERATION_CASES)('$name: value, gradients and second gradients as defined', async (test) => {
      const { program, inputs } = problemFor(test);
      const exact = evaluateProgram(program, inputs);
      const compiled = await engine.compile(program);
      const values = Object.fromEntries(
        program.graph.nodes
          .filter((node) => isOp(node, 'input'))
          .map((node) => {
            const { name: input } = node.attributes;
            return [input, engine.upload(inputs[input]!, node.shape)];
          }),
      );
      const results = await compiled.run(values);
      for (const [output, expected] of Object.entries(exact)) {
        expect(worstError(await results[output]!.read(), expected), output).toBeLessThan(3e-5);
      }
      await compiled.close();
    });

    it('lets timers and signals through between runs', async () => {
      const graph = new Graph();
      const double = graph.multiply(graph.input('x', [1]), 2);
      const compiled = await engine.compile({ name: 'double', graph, outputs: { double } });
      const x = engine.upload(Float32Array.of(1), [1]);
      let isThrough = false;
      setTimeout(() => (isThrough = true), 1);
      const endsAt = performance.now() + 2000;
      while (!isThrough && performance.now() < endsAt) {
        const { double: value } = await compiled.run({ x });
        await value!.read();
        value!.dispose();
      }
      expect(isThrough).toBe(true);
      await compiled.close();
    });
  });
}
