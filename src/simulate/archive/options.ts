/** What the caller may ask of a local archive. */
import type { FaultRates } from '../faults/index.ts';
import type { Product } from '../products.ts';
import type { DisturbanceRates } from './disturbances/index.ts';
import type { JsocOptions } from './jsoc/index.ts';

/** Doors of real archives: HMI directory, near-real-time directory, JSOC's database and exports, HelioCloud's bucket. */
export const SERVICE_NAMES = ['hmi', 'nrt', 'jsoc', 'heliocloud'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export interface ArchiveOptions {
  seed: number | string;
  /** ISO time, inclusive. */
  from: string;
  /** ISO time, exclusive. */
  to: string;
  /** `6h`, `2m` */
  cadence: string;
  wavelengths: readonly number[];
  /** Pixels a side. Default 1024. */
  size?: number;
  /** Default `aia-synoptic`. */
  product?: Product;
  /** What is served beside `product`, of the same range and cadence where the service has it. Default none. */
  services?: readonly ServiceName[];
  /** How the database and the exports behave. */
  jsoc?: JsocOptions;
  /** One total share, or a share for each named fault. Default 0. */
  faults?: FaultRates;
  /** Share of faults that the header does not tell. Default 0.15. */
  unnoticed?: number;
  /** Share of slots that answer 404. Default 0. */
  absent?: number;
  /** Trouble on the way: one share for every kind, or a share for each named kind. Default 0. */
  disturbances?: DisturbanceRates;
  /** The n-th and later requests for a path are served well. Default 8. */
  calmAfter?: number;
  /** Times at which every connection is dropped, ISO. */
  outages?: readonly { from: string; to: string }[];
  /** Files appear this long after their slot, by `now`: `7d`. Default: all are there. */
  publishedAfter?: string;
  /** The archive's clock, for outages and publishing. Default: the present. */
  now?: () => Date;
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1: this machine only. */
  host?: string;
}
