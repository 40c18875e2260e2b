/**
 * What each channel of AIA sees of the Sun, as numbers. Levels (DN per pixel and nominal exposure, as launched) and the
 * weights were set so that rendered frames agree with real synoptic frames: 193 in January 2017, 94, 171, 211 and 335 on
 * 2014-01-01, in disk percentiles and in the profile across the limb. Where no calibrated frame was at hand (131, 304,
 * 1600, 1700, 4500) they follow browse pictures and the usual display ranges of the channel.
 * Exposure, gain and noise: table of aia/uncertainty in aiapy and the limits of JSOC's automatic exposure control.
 */
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
  /** Quiet surface at disk centre, DN, undegraded. */
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

const optics = {
  1: { readNoiseDn: 1.18 },
  2: { readNoiseDn: 1.2 },
  3: { readNoiseDn: 1.15 },
  4: { readNoiseDn: 1.14 },
} as const;

const corona = { limbDarkening: -0.1, umbra: 1, extended: 0.05 } as const;
const surface = {
  coronaDn: 0,
  scaleHeight: 0.004,
  extended: 0,
  hole: 1,
  filament: 1,
  blob: 0,
  haze: 0,
  loops: 0,
  response: [],
  points: 0,
} as const;

const TABLE: readonly Channel[] = [
  {
    ...corona,
    wavelength: 94,
    telescope: 4,
    ...optics[4],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 1.975,
    surfaceDn: 1.15,
    coronaDn: 0.52,
    scaleHeight: 0.048,
    network: 0.08,
    mottle: 0.22,
    large: 0.3,
    hole: 0.45,
    filament: 0.6,
    haze: 16,
    plage: 0.7,
    loops: 60,
    response: [
      [6.8, 0.2, 1],
      [6.05, 0.15, 0.18],
    ],
    points: 3,
    flare: 6000,
    extended: 0.12,
    limbDarkening: -0.45,
    blob: 0.22,
  },
  {
    ...corona,
    wavelength: 131,
    telescope: 1,
    ...optics[1],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 1.473,
    surfaceDn: 6,
    coronaDn: 2,
    scaleHeight: 0.042,
    network: 0.3,
    mottle: 0.4,
    large: 0.3,
    hole: 0.5,
    filament: 0.6,
    haze: 6,
    plage: 1.3,
    loops: 90,
    response: [
      [5.75, 0.2, 1],
      [7, 0.25, 0.7],
    ],
    points: 4,
    flare: 14000,
    extended: 0.07,
    limbDarkening: -0.45,
    blob: 0.15,
  },
  {
    ...corona,
    wavelength: 171,
    telescope: 3,
    ...optics[3],
    exposureSeconds: 2,
    shortBelowMs: 1931,
    dnPerPhoton: 1.122,
    surfaceDn: 138,
    coronaDn: 72,
    scaleHeight: 0.0415,
    network: 0.16,
    mottle: 0.36,
    large: 0.3,
    hole: 0.62,
    filament: 0.5,
    haze: 2.6,
    plage: 1.1,
    loops: 2600,
    response: [[5.92, 0.2, 1]],
    points: 3.5,
    flare: 9000,
    extended: 0.075,
    limbDarkening: -0.9,
    blob: 0.16,
  },
  {
    ...corona,
    wavelength: 193,
    telescope: 2,
    ...optics[2],
    exposureSeconds: 2,
    shortBelowMs: 1931,
    dnPerPhoton: 0.962,
    surfaceDn: 86,
    coronaDn: 95,
    scaleHeight: 0.0445,
    network: 0.06,
    mottle: 0.2,
    large: 0.32,
    hole: 0.24,
    filament: 0.5,
    haze: 8,
    plage: 0.9,
    loops: 1800,
    response: [
      [6.18, 0.2, 1],
      [7.25, 0.2, 0.3],
    ],
    points: 7,
    flare: 12000,
    extended: 0.05,
    limbDarkening: -0.09,
    blob: 0.2,
  },
  {
    ...corona,
    wavelength: 211,
    telescope: 2,
    ...optics[2],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 0.88,
    surfaceDn: 112,
    coronaDn: 32,
    scaleHeight: 0.0535,
    network: 0.06,
    mottle: 0.2,
    large: 0.4,
    hole: 0.24,
    filament: 0.5,
    haze: 13,
    plage: 0.8,
    loops: 1800,
    response: [[6.28, 0.2, 1]],
    points: 6,
    flare: 9000,
    extended: 0.1,
    limbDarkening: 0.4,
    blob: 0.24,
  },
  {
    ...corona,
    wavelength: 304,
    telescope: 4,
    ...optics[4],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 0.611,
    surfaceDn: 62,
    coronaDn: 5,
    scaleHeight: 0.02,
    network: 0.42,
    mottle: 0.42,
    large: 0.2,
    hole: 0.72,
    filament: 0.5,
    haze: 3,
    plage: 2.4,
    loops: 200,
    response: [
      [4.9, 0.7, 1],
      [6.2, 0.2, 0.15],
    ],
    points: 3,
    flare: 14000,
    extended: 0.12,
    limbDarkening: -0.25,
    blob: 0.08,
  },
  {
    ...corona,
    wavelength: 335,
    telescope: 1,
    ...optics[1],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 0.576,
    surfaceDn: 5.3,
    coronaDn: 1.7,
    scaleHeight: 0.047,
    network: 0.08,
    mottle: 0.22,
    large: 0.4,
    hole: 0.4,
    filament: 0.6,
    haze: 20,
    plage: 0.9,
    loops: 120,
    response: [[6.45, 0.22, 1]],
    points: 4,
    flare: 1800,
    extended: 0.13,
    limbDarkening: 0.25,
    blob: 0.25,
  },
  {
    ...surface,
    wavelength: 1600,
    telescope: 3,
    ...optics[3],
    exposureSeconds: 2.9,
    shortBelowMs: 2800,
    dnPerPhoton: 0.12,
    surfaceDn: 165,
    limbDarkening: 0.25,
    network: 0.28,
    mottle: 0.2,
    large: 0.02,
    plage: 1.3,
    flare: 9000,
    umbra: 0.55,
  },
  {
    ...surface,
    wavelength: 1700,
    telescope: 3,
    ...optics[3],
    exposureSeconds: 1,
    shortBelowMs: 966,
    dnPerPhoton: 0.113,
    surfaceDn: 1450,
    limbDarkening: 0.45,
    network: 0.16,
    mottle: 0.13,
    large: 0.01,
    plage: 0.75,
    flare: 9000,
    umbra: 0.4,
  },
  {
    ...surface,
    wavelength: 4500,
    telescope: 3,
    ...optics[3],
    exposureSeconds: 0.5,
    shortBelowMs: 483,
    dnPerPhoton: 0.056,
    surfaceDn: 11500,
    limbDarkening: 0.72,
    network: 0.004,
    mottle: 0.035,
    large: 0,
    plage: 0.03,
    flare: 0,
    umbra: 0.25,
  },
];

/** The channel of a wavelength in angstrom, or undefined when AIA has none. */
export function findChannel(wavelength: number): Channel | undefined {
  return TABLE.find((channel) => channel.wavelength === wavelength);
}

export function channelOf(wavelength: Wavelength): Channel {
  return findChannel(wavelength)!;
}
