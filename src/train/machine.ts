/** What this machine has. */
import { totalmem } from 'node:os';

/** Bytes of memory that this process may use: the machine's, or less in a container. */
export function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
