/** The inputs of a program under construction; each is declared once, whoever asks for it. */
import { Graph, type Node, type Shape } from '../graph/index.ts';
import type { Feed, FeedKind } from './phase.ts';

export class ProgramInputs {
  readonly graph = new Graph();
  private readonly declared = new Map<string, { feed: Feed; node: Node }>();

  feed(name: string, kind: FeedKind, shape: Shape): Node {
    const existing = this.declared.get(name);
    if (existing) return existing.node;
    const node = this.graph.input(name, shape);
    this.declared.set(name, { feed: { name, kind, shape }, node });
    return node;
  }

  /** A number that the schedule computes for every step. */
  scalar(name: string): Node {
    return this.feed(name, 'scalar', []);
  }

  get feeds(): Feed[] {
    return [...this.declared.values()].map(({ feed }) => feed);
  }
}
