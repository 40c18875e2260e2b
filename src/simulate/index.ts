/**
 * A synthetic Sun, seeded: AIA frames and HMI magnetograms with true headers and planted faults, in a folder or behind a
 * local archive server. Everything made here says SIMULATED in its header.
 */
export {
  type Archive,
  type ArchiveOptions,
  DISTURBANCE_NAMES,
  type DisturbanceName,
  type DisturbanceRates,
  type JournalEntry,
  type JsocOptions,
  SERVICE_NAMES,
  type ServiceName,
  startArchive,
} from './archive/index.ts';
export { FAULT_NAMES, type FaultName, type FaultRates } from './faults/index.ts';
export { contentsOf, type SimulateReport, simulateFolder } from './folder.ts';
export { makeFrame } from './frame.ts';
export type { FrameRequest } from './frame-request.ts';
export type { Label } from './labels.ts';
export { type SimulateOptions, simulateOptions } from './options.ts';
export { type ArchiveContents, type PlannedFrame, plannedFrames } from './plan.ts';
export { type FrameId, type Product, pathOf } from './products.ts';
export { type Geometry, renderSun, type SunRequest, WAVELENGTHS, type Wavelength } from './sun/index.ts';
