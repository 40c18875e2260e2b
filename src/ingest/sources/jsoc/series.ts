/** JSOC's series as record sets need them. Prime keys and steps by `series_struct`. */
import { SunganError } from '../../../core/errors.ts';

export interface JsocSeries {
  product: string;
  /** DRMS name of the series that holds a channel. */
  series(wavelength: number): string;
  segment: string;
  /** Time between records, in milliseconds. */
  stepMs(wavelength: number): number;
  hasChannels: boolean;
  /** Suffix of the record set behind the time: prime keys that must be given. */
  primeKeys(wavelength: number): string;
}

const SECOND_MS = 1000;

const aia: JsocSeries = {
  product: 'aia.lev1',
  series: (wavelength) =>
    wavelength === 4500 ? 'aia.lev1_vis_1h' : wavelength >= 1600 ? 'aia.lev1_uv_24s' : 'aia.lev1_euv_12s',
  segment: 'image',
  stepMs: (wavelength) => (wavelength === 4500 ? 3600 : wavelength >= 1600 ? 24 : 12) * SECOND_MS,
  hasChannels: true,
  primeKeys: (wavelength) => `[${wavelength}]`,
};

// Without a camera the continuum series answers with an extra record that has no time.
const hmi = (product: string, segment: string, seconds: number, camera: string): JsocSeries => ({
  product,
  series: () => product,
  segment,
  stepMs: () => seconds * SECOND_MS,
  hasChannels: false,
  primeKeys: () => camera,
});

const ALL: readonly JsocSeries[] = [
  aia,
  hmi('hmi.M_720s', 'magnetogram', 720, ''),
  hmi('hmi.M_45s', 'magnetogram', 45, ''),
  hmi('hmi.Ic_720s', 'continuum', 720, '[2]'),
  hmi('hmi.Ic_45s', 'continuum', 45, '[2]'),
];

export const JSOC_PRODUCTS: readonly string[] = ALL.map(({ product }) => product);

export function jsocSeries(product: string): JsocSeries {
  const found = ALL.find((series) => series.product === product);
  if (found) return found;
  throw new SunganError('usage', `JSOC has no '${product}' here`, {
    where: '--product',
    remedy: JSOC_PRODUCTS.join(', '),
  });
}
