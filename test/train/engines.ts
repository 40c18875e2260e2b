/** Every engine of the table, opened, or the reason why it is not there: suites run on those present and name the others. */
import { ENGINE_NAMES, type Engine, type EngineName, openEngine } from '../../src/train/engines/index.ts';

import { Graph, type Program } from '../../src/train/graph/index.ts';

export interface EngineUnderTest {
  name: EngineName;
  engine: Engine | undefined;
  absent: string | undefined;
}

function smallestProgram(): Program {
  const graph = new Graph();
  return { name: 'smallest', graph, outputs: { double: graph.multiply(graph.input('x', [1]), 2) } };
}

export async function presentEngines(): Promise<EngineUnderTest[]> {
  return Promise.all(
    ENGINE_NAMES.map(async (name) => {
      try {
        const engine = await openEngine(name, { threads: 2 });
        // A provider that is not in the package is only found out when a program is compiled.
        await engine.compile(smallestProgram());
        return { name, engine, absent: undefined };
      } catch (error) {
        return { name, engine: undefined, absent: (error as Error).message.split('\n')[0]!.slice(0, 100) };
      }
    }),
  );
}
