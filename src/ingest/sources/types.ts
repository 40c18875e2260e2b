/** What ingest must know of an archive. A new one is a file beside this and a row in `index.ts`. */
import type { SlotKey } from '../../catalog/index.ts';

export interface ArchiveSource {
  name: string;
  product: string;
  /** Where it lies when the user names no mirror; ends in a slash. */
  baseUrl: string;
  /** Connections it is polite to open. */
  connections: number;
  /** Time between the frames it has of a channel, in milliseconds. */
  stepMs(wavelength: number): number;
  /** How far T_OBS may lie from the slot. */
  toleranceMs(wavelength: number): number;
  /** Name of the slot's file here and there. */
  fileName(key: SlotKey): string;
  /** Address of the slot's file. */
  url(key: SlotKey, baseUrl: string): string;
}
