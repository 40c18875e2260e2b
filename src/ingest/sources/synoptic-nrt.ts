/**
 * The near-real-time twin of the synoptic directory: every three minutes, some twenty minutes late, names with seconds,
 * QUALITY bit 30 set. The definitive frame of a slot replaces it.
 */
import type { Frame } from '../../catalog/index.ts';
import { problem } from '../http/problem.ts';
import { requireChannels } from './channels.ts';
import { isIndex, namesInIndex } from './listing.ts';
import { folderOf, groupByHour, synoptic } from './synoptic.ts';
import type { ArchiveSource, Candidate, LocateTools, Location } from './types.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 3 * MINUTE_MS;

export const SYNOPTIC_NRT_PRODUCT = 'aia.lev1.5s_nrt';

export const synopticNrt: ArchiveSource = {
  name: 'synoptic-nrt',
  title: 'AIA level 1.5, 1024 x 1024, near real time (JSOC)',
  products: [SYNOPTIC_NRT_PRODUCT],
  baseUrls: synoptic.baseUrls.map((base) => `${base}nrt/`),
  connections: synoptic.connections,
  maxConnections: synoptic.maxConnections,
  wavelengths: requireChannels,
  stepMs: () => MINUTE_MS,
  toleranceMs: () => 2 * MINUTE_MS,
  locate,
};

async function* locate(rows: readonly Frame[], tools: LocateTools): AsyncIterable<Location> {
  for (const hour of groupByHour(rows)) {
    // A slot on the hour may be nearest to a frame of the hour before.
    const before = new Date(Date.parse(hour[0]!.slot) - 3_600_000).toISOString();
    const folders = [folderOf(hour[0]!.slot), folderOf(before)];
    const indexes = await Promise.all(folders.map((folder) => framesIn(folder, tools)));
    const frames = indexes.flatMap((index) => index ?? []);
    for (const row of hour) {
      const candidates = candidatesOf(row, frames, tools);
      const url = new URL(folders[0]!, tools.baseUrls[0]).href;
      if (candidates.length > 0) yield { row, candidates };
      else if (indexes.includes(undefined))
        yield { row, problem: problem('blocked', 'the index could not be had', url), url };
      else yield { row, problem: problem('absent', 'not in the index of its hour'), url };
    }
  }
}

interface NrtFrame {
  path: string;
  fileName: string;
  time: number;
  wavelength: number;
}

/** Frames that a folder names; none when there is no such folder; undefined when the server does not say. */
async function framesIn(folder: string, { baseUrls, getText }: LocateTools): Promise<NrtFrame[] | undefined> {
  const answer = await getText(baseUrls.map((base) => new URL(folder, base).href));
  if (!answer.ok) return answer.problem.state === 'absent' ? [] : undefined;
  if (!isIndex(answer.text)) return undefined;
  return namesInIndex(answer.text).flatMap((fileName) => {
    const match = /^AIA(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_(\d{4})\.fits$/.exec(fileName);
    if (!match) return [];
    const [year, month, day, hour, minute, second, channel] = match.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const time = Date.UTC(year, month - 1, day, hour, minute, second);
    return [{ path: folder + fileName, fileName, time, wavelength: channel }];
  });
}

function candidatesOf(
  { slot, wavelength }: Frame,
  frames: readonly NrtFrame[],
  { searchMs, baseUrls }: LocateTools,
): Candidate[] {
  const wanted = Date.parse(slot);
  const reach = Math.max(searchMs, STEP_MS / 2);
  const near = frames.filter(
    (frame) => frame.wavelength === wavelength && Math.abs(frame.time - wanted) <= reach,
  );
  near.sort((a, b) => Math.abs(a.time - wanted) - Math.abs(b.time - wanted));
  // Every frame here is flagged as near real time, so neighbours are asked for only when the nearest cannot be had.
  return near.slice(0, 1).map(({ path, fileName, time }) => ({
    urls: baseUrls.map((base) => new URL(path, base).href),
    fileName,
    time: new Date(time).toISOString(),
  }));
}
