/** The ground truth of simulated frames. It lives in a file of its own, never in a frame's header. */
import { formatTime } from '../core/time.ts';
import { type Evidence, evidenceOf, type FaultName, type PlannedFault } from './faults/index.ts';
import { type FrameId, type Product, pathOf, slotTime } from './products.ts';

export interface Label {
  /** The slot as its file is named and as a catalog of the directories has it: of HMI that is TAI, whatever its Z says. */
  slot: string;
  /** UTC of the slot: of HMI 34 to 37 s before what its name says. */
  time: string;
  product: Product;
  wavelength: number;
  /** Below the archive's root, forward slashes. */
  path: string;
  /** `absent`: the archive has no such file. null: a good frame. */
  fault: FaultName | 'absent' | null;
  /** Whether header keywords alone show the fault. */
  visibleInHeader: boolean;
  /** Where the fault shows; null for good frames. */
  evidence: Evidence | null;
}

export function labelOf(id: FrameId, planned: PlannedFault | 'absent' | undefined): Label {
  const fault = planned === undefined ? null : planned === 'absent' ? planned : planned.fault.name;
  const evidence = planned === undefined ? null : planned === 'absent' ? 'file' : evidenceOf(planned, id);
  return {
    slot: formatTime(id.slot),
    time: formatTime(slotTime(id)),
    product: id.product,
    wavelength: id.wavelength,
    path: pathOf(id),
    fault,
    visibleInHeader: evidence === 'header',
    evidence,
  };
}
