/**
 * JSOC's AIA synoptic directory: level 1.5, 1024 x 1024, every two minutes (4500 Å hourly), published about a week late,
 * no registration. Layout `YYYY/MM/DD/Hhh00/AIAyyyymmdd_hhmm_WWWW.fits`. Writer: JSOC's aia_synoptic.
 */
import type { Frame } from '../../catalog/index.ts';
import { problem } from '../http/problem.ts';
import { SYNOPTIC_PRODUCT } from '../products.ts';
import { requireChannels } from './channels.ts';
import { isIndex, namesInIndex } from './listing.ts';
import type { ArchiveSource, Candidate, LocateTools, Location } from './types.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Requests in one hour's folder from which on its index is asked for first. */
const WORTH_AN_INDEX = 4;

/** Neighbours that are tried at most for one slot. */
const MOST_NEIGHBOURS = 6;

/** Slots younger than this may not be published yet; the directory says how far it has come. */
const PUBLISHED_AFTER_MS = 30 * DAY_MS;

export const synoptic: ArchiveSource = {
  name: 'synoptic',
  title: 'AIA level 1.5, 1024 x 1024 (JSOC)',
  products: [SYNOPTIC_PRODUCT],
  baseUrls: ['https://jsoc1.stanford.edu/data/aia/synoptic/', 'http://jsoc.stanford.edu/data/aia/synoptic/'],
  connections: 4,
  maxConnections: 8,
  supersedes: 'synoptic-nrt',
  wavelengths: requireChannels,
  stepMs: (_, wavelength) => (wavelength === 4500 ? 60 : 2) * MINUTE_MS,
  // The directory takes the exposure nearest to the slot: seconds away as a rule, never past the next slot.
  toleranceMs: (_, wavelength) => (wavelength === 4500 ? 30 : 2) * MINUTE_MS,
  locate,
};

async function* locate(rows: readonly Frame[], tools: LocateTools): AsyncIterable<Location> {
  const published = await publishedUntil(rows, tools);
  for (const hour of groupByHour(rows)) {
    const folders = tools.baseUrls.map((base) => new URL(folderOf(hour[0]!.slot), base).href);
    const isListed = hour.length >= WORTH_AN_INDEX || tools.searchMs > 0;
    const names = isListed ? await namesOf(folders, tools) : undefined;
    for (const row of hour) {
      if (published !== undefined && Date.parse(row.slot) > published) {
        yield { row, problem: problem('expected', 'not published yet'), url: tools.baseUrls[0]! };
        continue;
      }
      const candidates = candidatesOf(row, tools, names);
      if (candidates.length > 0) yield { row, candidates };
      else yield { row, problem: problem('absent', 'not in the index of its hour'), url: folders[0]! };
    }
  }
}

/** The time of the last definitive frame, by `image_times`; undefined when it does not matter or cannot be told. */
async function publishedUntil(
  rows: readonly Frame[],
  { baseUrls, getText, now }: LocateTools,
): Promise<number | undefined> {
  // Not as arguments of one call: there may be hundreds of thousands.
  const newest = rows.reduce((latest, { slot }) => Math.max(latest, Date.parse(slot)), 0);
  if (now.getTime() - newest > PUBLISHED_AFTER_MS) return undefined;
  const answer = await getText(
    baseUrls.map((base) => new URL('image_times.json', base).href),
    { maxBytes: 10_000 },
  );
  return answer.ok ? lastImageTime(answer.text) : undefined;
}

/** `{"first":"20100513_000000","last":"20240102_235800"}`, whatever else it may hold. */
export function lastImageTime(text: string): number | undefined {
  const match = /"last"\s*:\s*"(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})"/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Names in the folder; empty when there is no such folder; undefined when the server does not say. */
async function namesOf(folders: string[], { getText }: LocateTools): Promise<Set<string> | undefined> {
  const answer = await getText(folders);
  if (answer.ok) return isIndex(answer.text) ? new Set(namesInIndex(answer.text)) : undefined;
  return answer.problem.state === 'absent' ? new Set() : undefined;
}

/** The slot's own file, then its neighbours by distance, later ones first among equals; only what the index names. */
function candidatesOf(
  { slot, wavelength }: Frame,
  { searchMs, baseUrls }: LocateTools,
  names: Set<string> | undefined,
): Candidate[] {
  const step = synoptic.stepMs(SYNOPTIC_PRODUCT, wavelength);
  const count = Math.min(MOST_NEIGHBOURS / 2, Math.floor(searchMs / step));
  const offsets = [0, ...Array.from({ length: count }, (_, index) => [index + 1, -(index + 1)]).flat()];
  return offsets.flatMap((offset) => {
    const time = new Date(Date.parse(slot) + offset * step).toISOString();
    const fileName = fileNameOf(time, wavelength);
    const path = folderOf(time) + fileName;
    // Neighbours may lie in the next hour, whose index was not read: they are asked for.
    const isSameHour = folderOf(time) === folderOf(slot);
    if (names && isSameHour && !names.has(fileName)) return [];
    return [{ urls: baseUrls.map((base) => new URL(path, base).href), fileName, time }];
  });
}

export function groupByHour(rows: readonly Frame[]): Frame[][] {
  const groups = new Map<string, Frame[]>();
  for (const row of rows) {
    const hour = row.slot.slice(0, 13);
    const group = groups.get(hour);
    if (group) group.push(row);
    else groups.set(hour, [row]);
  }
  return [...groups.values()];
}

export function folderOf(time: string): string {
  const { year, month, day, hour } = partsOf(time);
  return `${year}/${month}/${day}/H${hour}00/`;
}

function fileNameOf(time: string, wavelength: number): string {
  const { year, month, day, hour, minute } = partsOf(time);
  return `AIA${year}${month}${day}_${hour}${minute}_${String(wavelength).padStart(4, '0')}.fits`;
}

function partsOf(time: string) {
  const [year, month, day, hour, minute] = time.split(/[-T:]/) as [string, string, string, string, string];
  return { year, month, day, hour, minute };
}
