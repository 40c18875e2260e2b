import type { HeaderRecord } from '../catalog/index.ts';

/** Whether a header says that the frame was made by the simulator. */
export function isSimulated(header: HeaderRecord): boolean {
  return header['SIMULATD'] === true;
}
