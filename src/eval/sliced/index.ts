/** The fast forms of the sliced Wasserstein distance: products by ONNX Runtime, sorting in threads. */
import type { SlicedWork } from '../measures/swd.ts';
import { createProjector } from './projector.ts';
import { createSorter } from './sorter.ts';

export { createProjector } from './projector.ts';

export interface SlicedEngine extends SlicedWork {
  close(): Promise<void>;
}

export async function createSlicedEngine(): Promise<SlicedEngine> {
  // Two sides are compared before the next two are projected.
  const [projector, sorter] = [await createProjector(2), createSorter()];
  return {
    project: projector.project,
    compare: sorter.compare,
    async close() {
      await projector.close();
      await sorter.close();
    },
  };
}
