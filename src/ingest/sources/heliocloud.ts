/**
 * HelioCloud's public bucket: AIA about every four minutes, 2010 to 2022, over plain HTTPS. A registry for each channel
 * and year (`start,stop,datakey,filesize`) says what there is, so that nothing is asked for in vain and sizes are known.
 */
import type { Frame } from '../../catalog/index.ts';
import { parseTime } from '../../core/time.ts';
import { parseCsv } from '../csv.ts';
import { type Problem, problem } from '../http/problem.ts';
import { requireChannels } from './channels.ts';
import type { ArchiveSource, Candidate, LocateTools, Location } from './types.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 4 * MINUTE_MS;
const MOST_CANDIDATES = 4;

const DAY_MS = 86_400_000;

/** Months after its end until which the registry of a year may still grow. */
const OPEN_MONTHS = 3;

/** Of years that are over: looked at again now and then. A year's registry of one channel has some 130,000 rows. */
const REGISTRY_AGE_MS = 365 * DAY_MS;
const REGISTRY_BYTES = 60e6;

export const heliocloud: ArchiveSource = {
  name: 'heliocloud',
  title: 'AIA level 1, 4096 x 4096, until 2022 (HelioCloud S3)',
  products: ['aia.lev1'],
  baseUrls: ['https://gov-nasa-hdrl-data1.s3.amazonaws.com/'],
  connections: 4,
  maxConnections: 16,
  wavelengths: requireChannels,
  stepMs: () => STEP_MS,
  toleranceMs: () => STEP_MS,
  locate,
};

export interface RegistryRow {
  /** Milliseconds since 1970. */
  time: number;
  /** Path in the bucket. */
  key: string;
  bytes: number;
}

async function* locate(rows: readonly Frame[], tools: LocateTools): AsyncIterable<Location> {
  // Rows come in time order: one registry for each channel is kept at a time.
  const registries = new Map<number, Registry & { year: string }>();
  for (const row of rows) {
    const year = row.slot.slice(0, 4);
    let registry = registries.get(row.wavelength);
    if (registry?.year !== year) {
      registry = { year, ...(await registryOf(row.wavelength, year, tools)) };
      registries.set(row.wavelength, registry);
    }
    const candidates = candidatesOf(row, registry.rows, tools);
    if (candidates.length > 0) yield { row, candidates };
    else
      yield { row, problem: registry.problem ?? problem('absent', 'not in the registry'), url: registry.url };
  }
}

interface Registry {
  /** None where there is a problem. */
  rows: RegistryRow[];
  problem?: Problem;
  url: string;
}

async function registryOf(
  wavelength: number,
  year: string,
  { baseUrls, getCached, now }: LocateTools,
): Promise<Registry> {
  const name = `aia_${String(wavelength).padStart(4, '0')}_${year}.csv`;
  const urls = baseUrls.map((base) => new URL(`sdo/aia/registries/${name}`, base).href);
  const answer = await getCached({
    name: `heliocloud/${name}`,
    urls,
    maxAgeMs: registryAgeMs(Number(year), now),
    maxBytes: REGISTRY_BYTES,
    check: (text) =>
      parseRegistry(text.slice(0, 5000)).length > 0 ? undefined : 'no rows of start,stop,datakey,filesize',
  });
  const url = urls[0]!;
  if (answer.ok) return { rows: parseRegistry(answer.text), url };
  const found =
    answer.problem.state === 'absent'
      ? problem('absent', 'no registry of the year')
      : problem('blocked', 'the registry could not be had', answer.problem.reason);
  return { rows: [], problem: found, url };
}

/** A copy that was made before its year was over is no longer believed when it is. */
function registryAgeMs(year: number, now: Date): number {
  const sinceClosed = now.getTime() - Date.UTC(year + 1, OPEN_MONTHS, 1);
  return Math.min(REGISTRY_AGE_MS, Math.max(DAY_MS, sinceClosed));
}

/** Rows in time order. A key that is no plain path in the bucket is left out. */
export function parseRegistry(text: string): RegistryRow[] {
  const rows = parseCsv(text).flatMap(([start = '', , key = '', size = '']) => {
    const time = parseTime(start)?.getTime();
    const path = key.replace(/^s3:\/\/[a-z0-9.-]+\//, '').replace(/^\/+/, '');
    const bytes = Number(size);
    const isPlain = /^[A-Za-z0-9_./-]+$/.test(path) && !path.split('/').includes('..');
    return time !== undefined && isPlain && Number.isInteger(bytes) && bytes > 0
      ? [{ time, key: path, bytes }]
      : [];
  });
  return rows.sort((a, b) => a.time - b.time);
}

function candidatesOf(
  { slot, wavelength }: Frame,
  rows: readonly RegistryRow[],
  { searchMs, baseUrls }: LocateTools,
): Candidate[] {
  const wanted = Date.parse(slot);
  const reach = Math.max(searchMs, STEP_MS / 2);
  const first = firstAtOrAfter(rows, wanted - reach);
  const near: RegistryRow[] = [];
  for (let i = first; i < rows.length && rows[i]!.time <= wanted + reach; i++) near.push(rows[i]!);
  near.sort((a, b) => Math.abs(a.time - wanted) - Math.abs(b.time - wanted));
  return near.slice(0, searchMs > 0 ? MOST_CANDIDATES : 1).map(({ time, key, bytes }) => ({
    urls: baseUrls.map((base) => new URL(key, base).href),
    fileName: fileNameOf(key, wavelength),
    time: new Date(time).toISOString(),
    bytes,
  }));
}

/** Folders of the bucket tell channels apart, the workspace has one folder a day: there the name must. */
function fileNameOf(key: string, wavelength: number): string {
  const name = key.split('/').at(-1)!;
  const channel = String(wavelength).padStart(4, '0');
  return new RegExp(`(^|\\D)0*${wavelength}(\\D|$)`).test(name) ? name : `aia_${channel}_${name}`;
}

function firstAtOrAfter(rows: readonly RegistryRow[], time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
