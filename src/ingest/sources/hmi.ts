/** JSOC's directory of hourly HMI magnetograms, definitive, no registration. Times in the names are TAI. */

import type { Frame } from '../../catalog/index.ts';
import { parseTime } from '../../core/time.ts';
import type { ArchiveSource, LocateTools, Location } from './types.ts';

const HOUR_MS = 3_600_000;
const PRODUCT = 'hmi.M_720s';

export const hmi: ArchiveSource = {
  name: 'hmi',
  title: 'HMI magnetograms of 720 s, hourly (JSOC)',
  products: [PRODUCT],
  baseUrls: ['http://jsoc.stanford.edu/data/hmi/fits/'],
  connections: 1,
  maxConnections: 2,
  // One filter, 6173 Å: the catalog writes 0.
  wavelengths: () => [0],
  stepMs: () => HOUR_MS,
  // T_OBS is the weighted middle of twelve minutes of filtergrams.
  toleranceMs: () => 360_000,
  locate,
};

async function* locate(rows: readonly Frame[], { baseUrls }: LocateTools): AsyncIterable<Location> {
  for (const row of rows) {
    const [year, month, day] = row.slot.slice(0, 10).split('-') as [string, string, string];
    const hour = row.slot.slice(11, 13);
    const fileName = `${PRODUCT}.${year}${month}${day}_${hour}0000_TAI.fits`;
    // The slot's hour is read as TAI, 34 to 37 s before the same hour of UTC.
    const time = parseTime(`${year}.${month}.${day}_${hour}:00:00_TAI`)!.toISOString();
    const urls = baseUrls.map((base) => new URL(`${year}/${month}/${day}/${fileName}`, base).href);
    yield { row, candidates: [{ urls, fileName, time }] };
  }
}
