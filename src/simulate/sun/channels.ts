/** What each channel of AIA sees of the Sun, as numbers. */
import { CHANNELS } from './channel-table.ts';

export const WAVELENGTHS = [94, 131, 171, 193, 211, 304, 335, 1600, 1700, 4500] as const;
export type Wavelength = (typeof WAVELENGTHS)[number];

export interface Channel {
  wavelength: Wavelength;
  telescope: 1 | 2 | 3 | 4;
  exposureSeconds: number;
  /** Commanded exposures below this are short (AIMGSHCE, ms). */
  shortBelowMs: number;
  readNoiseDn: number;
  dnPerPhoton: number;
  /** Quiet surface at disk centre, DN per pixel and nominal exposure, as launched. */
  surfaceDn: number;
  /** Column of the quiet corona seen vertically from above, DN; the limb multiplies it by the path length. */
  coronaDn: number;
  /** Emission scale height of the corona, solar radii. */
  scaleHeight: number;
  /** Share of a second, three times higher corona that makes the far wings. */
  extended: number;
  /** Limb-darkening of the surface, I = 1 - u (1 - mu): negative brightens. */
  limbDarkening: number;
  /** Exponents of the brightness pattern: network lanes, mottles, large scale. */
  network: number;
  mottle: number;
  large: number;
  /** Diffuse patches of some 100 Mm. */
  blob: number;
  /** Brightness inside a coronal hole, relative to quiet Sun. */
  hole: number;
  /** Brightness of a filament on the disk, relative to its surroundings. */
  filament: number;
  /** Diffuse hot plasma over active regions, in units of the quiet level per unit flux. */
  haze: number;
  /** Plage and moss: network boost in active regions. */
  plage: number;
  /** Loops: gain, and the response to temperature as [log10 T, width, weight]. */
  loops: number;
  response: readonly (readonly [number, number, number])[];
  /** Bright points, peak over quiet level. */
  points: number;
  /** Flare, DN at the peak of an M1 flare at nominal exposure. */
  flare: number;
  /** Sunspots: brightness of an umbra relative to its surroundings (1: not seen). */
  umbra: number;
}

/** The channel of a wavelength in angstrom, or undefined when AIA has none. */
export function findChannel(wavelength: number): Channel | undefined {
  return CHANNELS.find((channel) => channel.wavelength === wavelength);
}

export function channelOf(wavelength: Wavelength): Channel {
  return findChannel(wavelength)!;
}
