/** What the bucket says of itself: the catalog of data sets, and for each a CSV a year (HelioCloud's cloudcatalog 1.0). */
import { formatTime } from '../../../core/time.ts';
import type { FrameId } from '../../products.ts';

export interface BucketEntry {
  id: FrameId;
  key: string;
  bytes: number;
}

const BUCKET = 's3://gov-nasa-hdrl-data1/';
export const REGISTRIES = 'sdo/aia/registries/';

function dataSetOf(wavelength: number): string {
  return `aia_${String(wavelength).padStart(4, '0')}`;
}

export function catalogJson(entries: readonly BucketEntry[]): string {
  const wavelengths = [...new Set(entries.map(({ id }) => id.wavelength))].sort((a, b) => a - b);
  const catalog = {
    version: '1.0',
    name: 'SIMULATED HelioCloud',
    egress: 'public',
    contact: 'sungan simulate',
    description: 'SIMULATED data, not the archive of an observatory',
    catalog: wavelengths.map((wavelength) => {
      const times = entries.filter(({ id }) => id.wavelength === wavelength).map(({ id }) => id.slot);
      return {
        id: dataSetOf(wavelength),
        index: `${BUCKET}${REGISTRIES}`,
        title: `SIMULATED AIA ${wavelength}`,
        start: formatTime(times[0]!),
        stop: formatTime(times.at(-1)!),
        modification: '2023-01-31T00:00:00Z',
        indextype: 'csv',
        filetype: 'fits',
      };
    }),
    status: { code: 1200, message: 'OK request successful' },
  };
  return `${JSON.stringify(catalog, null, 1)}\n`;
}

/** `sdo/aia/registries/aia_0193_2014.csv` and its text, for every channel and year that has frames. */
export function registriesOf(entries: readonly BucketEntry[]): [string, string][] {
  const rows = new Map<string, string[]>();
  for (const { id, key, bytes } of entries) {
    const path = `${REGISTRIES}${dataSetOf(id.wavelength)}_${id.slot.getUTCFullYear()}.csv`;
    const time = formatTime(id.slot);
    const known = rows.get(path) ?? ['# start,stop,datakey,filesize'];
    known.push(`${time},${time},${BUCKET}${key},${bytes}`);
    rows.set(path, known);
  }
  return [...rows].map(([path, lines]) => [path, `${lines.join('\n')}\n`]);
}
