/** The fast forms of the sliced Wasserstein distance: products by ONNX Runtime, sorting in threads. */
import type { SlicedWork } from '../measures/swd.ts';
import { createProjector } from './projector.ts';
import { createSorter } from './sorter.ts';

export { createProjector } from './projector.ts';

export interface SlicedEngine extends SlicedWork {
  close(): Promise<void>;
}

export async function createSlicedEngine(): Promise<SlicedEngine> {
  const [projector, sorter] = [await createProjector(), createSorter()];
  return {
    project: projector.project,
    compare: sorter.compare,
    async close() {
      await projector.close();
      await sorter.close();
    },
  };
}
