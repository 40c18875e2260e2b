/** What a header says about a frame, in the catalog's terms. */
import type { HeaderRecord } from '../catalog/index.ts';
import { formatTime, parseTime } from '../core/time.ts';
import type { FitsHeader } from '../fits/index.ts';
import { HMI_SERIES, SYNOPTIC_PRODUCT } from './products.ts';

export interface HeaderFacts {
  /** undefined when the header is not one of SDO's imagers. */
  product: string | undefined;
  /** Angstrom; 0 for HMI. */
  wavelength: number;
  tObs: string | null;
  exposureSeconds: number | null;
  quality: number | null;
  fsn: number | null;
  header: HeaderRecord;
}

export function factsOfHeader(header: FitsHeader, fileName: string): HeaderFacts {
  const product = productOf(header, fileName);
  const time = parseTime(String(header.get('T_OBS') ?? header.get('DATE-OBS') ?? ''));
  const quality = finite(header, 'QUALITY');
  return {
    product,
    wavelength: product?.startsWith('hmi.') ? 0 : Math.round(finite(header, 'WAVELNTH') ?? 0),
    tObs: time ? formatTime(time) : null,
    exposureSeconds: finite(header, 'EXPTIME'),
    // The card is a signed 32-bit integer: bit 31 (no image) makes it negative.
    quality: quality === null ? null : quality >>> 0,
    fsn: finite(header, 'FSN'),
    header: header.toRecord(),
  };
}

function finite(header: FitsHeader, keyword: string): number | null {
  const value = header.number(keyword);
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** The series that a file belongs to, named as JSOC does. */
function productOf(header: FitsHeader, fileName: string): string | undefined {
  const telescope = header.text('TELESCOP')?.trim();
  if (telescope === 'SDO/AIA') return aiaProduct(header);
  if (telescope === 'SDO/HMI') return hmiProduct(header, fileName);
  return undefined;
}

function aiaProduct(header: FitsHeader): string {
  const level = header.number('LVL_NUM') ?? 1;
  if (level < 1.5) return 'aia.lev1';
  // The synoptic series differs from other level 1.5 files by its 2.4 arcsec pixels only.
  return (header.number('CDELT1') ?? 0) > 1.2 ? SYNOPTIC_PRODUCT : 'aia.lev1.5';
}

/** HMI headers do not name their series: exported files carry it in their name; else content and cadence tell. */
function hmiProduct(header: FitsHeader, fileName: string): string {
  const named = /^(hmi\.\w+)\./i.exec(fileName)?.[1];
  // Some tools lower-case the names of exported files.
  if (named) return HMI_SERIES.find((series) => series.toLowerCase() === named.toLowerCase()) ?? named;
  const content = `${header.text('CONTENT') ?? ''} ${header.text('BUNIT') ?? ''}`.toUpperCase();
  const kind = /MAGNETOGRAM|GAUSS|MX/.test(content)
    ? 'M'
    : /CONTINUUM|INTENSITY/.test(content)
      ? 'Ic'
      : 'other';
  const cadence = header.number('CADENCE');
  return `hmi.${kind}_${cadence === undefined || cadence > 100 ? 720 : 45}s`;
}
