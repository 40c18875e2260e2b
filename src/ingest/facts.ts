/** What a header says about a frame, in the catalog's terms. */
import type { HeaderRecord } from '../catalog/index.ts';
import { formatTime, parseTime } from '../core/time.ts';
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

export function factsOfHeader(header: HeaderRecord, fileName: string): HeaderFacts {
  const product = productOf(header, fileName);
  const time = parseTime(String(header['T_OBS'] ?? header['DATE-OBS'] ?? ''));
  const quality = finite(header, 'QUALITY');
  return {
    product,
    wavelength: product?.startsWith('hmi.') ? 0 : (whole(Math.round(finite(header, 'WAVELNTH') ?? 0)) ?? 0),
    tObs: time ? formatTime(time) : null,
    exposureSeconds: finite(header, 'EXPTIME'),
    // The card is a signed 32-bit integer: bit 31 (no image) makes it negative.
    quality: quality === null ? null : quality >>> 0,
    fsn: whole(finite(header, 'FSN')),
    header,
  };
}

function finite(header: HeaderRecord, keyword: string): number | null {
  const value = header[keyword];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The catalog takes nothing else for a count, and one nonsensical card must not end a run. */
function whole(value: number | null): number | null {
  return Number.isSafeInteger(value) ? value : null;
}

function textOf(header: HeaderRecord, keyword: string): string {
  const value = header[keyword];
  return typeof value === 'string' ? value.trim() : '';
}

/** The series that a file belongs to, named as JSOC does. */
function productOf(header: HeaderRecord, fileName: string): string | undefined {
  const telescope = textOf(header, 'TELESCOP');
  if (telescope === 'SDO/AIA') return aiaProduct(header);
  if (telescope === 'SDO/HMI') return hmiProduct(header, fileName);
  return undefined;
}

function aiaProduct(header: HeaderRecord): string {
  const level = finite(header, 'LVL_NUM') ?? 1;
  if (level < 1.5) return 'aia.lev1';
  // The synoptic series differs from other level 1.5 files by its 2.4 arcsec pixels only.
  return (finite(header, 'CDELT1') ?? 0) > 1.2 ? SYNOPTIC_PRODUCT : 'aia.lev1.5';
}

/** HMI headers do not name their series: exported files carry it in their name; else content and cadence tell. */
function hmiProduct(header: HeaderRecord, fileName: string): string {
  const named = /^(hmi\.\w+)\./i.exec(fileName)?.[1];
  // Some tools lower-case the names of exported files.
  if (named) return HMI_SERIES.find((series) => series.toLowerCase() === named.toLowerCase()) ?? named;
  const kind = hmiKind(header) ?? 'other';
  const cadence = finite(header, 'CADENCE');
  return `hmi.${kind}_${cadence === null || cadence > 100 ? 720 : 45}s`;
}

/** What an HMI frame shows, by its own header: M for a magnetogram, Ic for the continuum; undefined when it does not say. */
export function hmiKind(header: HeaderRecord): 'M' | 'Ic' | undefined {
  const content = `${textOf(header, 'CONTENT')} ${textOf(header, 'BUNIT')}`.toUpperCase();
  if (/MAGNETOGRAM|GAUSS|MX/.test(content)) return 'M';
  return /CONTINUUM|INTENSITY/.test(content) ? 'Ic' : undefined;
}
