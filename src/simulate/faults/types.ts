/** What a planted fault is. */
import type { Observation } from '../observation.ts';
import type { FrameId } from '../products.ts';

export const FAULT_NAMES = [
  'eclipse',
  'lunar-transit',
  'off-point',
  'dark',
  'short-exposure',
  'missing-blocks',
  'particle-storm',
  'blur',
  'wrong-wavelength',
  'truncated',
  'html',
  'duplicate',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** Where a fault can be noticed: in the header, only in the pixels, or in the file as a whole (no header to read, or none that ends). */
export type Evidence = 'header' | 'pixels' | 'file';

export interface Fault {
  name: FaultName;
  /** Share among faults when one total rate is given. */
  weight: number;
  /** Where it shows when the instrument noticed it, and when it did not. */
  evidence: { noticed: Evidence; unnoticed: Evidence };
  /** The frame that is delivered instead. */
  substitute?(id: FrameId, stepMs: number): FrameId;
  /** Before the exposure: pointing, exposure time, shutter, filter. */
  prepare?(observation: Observation): void;
  /** On the light, DN at nominal exposure, before the detector. */
  light?(image: Float32Array, observation: Observation): void;
  /** On the measured DN; NaN marks missing pixels. */
  counts?(image: Float32Array, observation: Observation): void;
  /** What the instrument reports when it noticed. */
  report?(observation: Observation): void;
  /** On the finished file. */
  file?(bytes: Uint8Array, observation: Observation): Uint8Array;
}

export interface PlannedFault {
  fault: Fault;
  /** Whether the header tells: old frames can lack the bits. */
  noticed: boolean;
}
