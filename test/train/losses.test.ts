import { describe, expect, it } from 'vitest';
import { evaluateProgram, Graph, type Node } from '../../src/train/graph/index.ts';
import { type AdversarialLoss, LOSS_NAMES, LOSSES } from '../../src/train/losses.ts';

const REAL = [2, -0.5, 1.5, 0.25];
const FAKE = [-1, 0.5, 0, -0.75];

function evaluate(build: (graph: Graph, real: Node, fake: Node) => Node, shift = 0): number[] {
  const graph = new Graph();
  const [real, fake] = ['real', 'fake'].map((name) => graph.input(name, [4, 1])) as [Node, Node];
  const program = { name: 'loss', graph, outputs: { result: build(graph, real, fake) } };
  const shifted = (scores: number[]) => scores.map((score) => score + shift);
  return Array.from(evaluateProgram(program, { real: shifted(REAL), fake: shifted(FAKE) })['result']!);
}

describe('adversarial losses', () => {
  it.each(LOSS_NAMES)('%s: the discriminator gains by what adaptive augmentation counts', (name) => {
    const loss: AdversarialLoss = LOSSES[name];
    const margin = loss.margin ?? ((_graph: Graph, real: Node) => real);
    const isRelative =
      Math.abs(evaluate(loss.discriminator)[0]! - evaluate(loss.discriminator, 3)[0]!) < 1e-6;
    const moved = evaluate(margin, 3).map((value, i) => value - evaluate(margin)[i]!);
    // What the loss does not see, the margin must not see either.
    for (const each of moved) expect(Math.abs(each - (isRelative ? 0 : 3))).toBeLessThan(1e-6);
  });

  it('relativistic ones compare with the fakes', () => {
    expect(evaluate(LOSSES.relativistic.margin)).toEqual(REAL.map((value) => value + 0.3125));
    expect(evaluate(LOSSES.pairing.margin)).toEqual([3, -1, 1.5, 1]);
  });
});
