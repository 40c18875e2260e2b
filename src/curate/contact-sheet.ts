/** Pictures for the eye: what is in the dataset, and what was left out and why. North is up. */
import { join } from 'node:path';
import type { Catalog } from '../catalog/index.ts';
import { writeAtomic } from '../core/files.ts';
import { boxReduceTo, createImage } from '../numeric/index.ts';
import { belongsTo, type Channel, channelOf } from './channels.ts';
import { type Dataset, type DatasetFrame, openDataset } from './dataset.ts';
import { decodeImage } from './decode.ts';
import type { Manifest } from './manifest.ts';
import { numberOf, reasonsOf } from './rules/index.ts';
import { renderSheet, type Tile } from './sheet-layout.ts';
import { toRgb } from './tone.ts';
import type { VerdictDigest } from './verdict-digest.ts';

export const ACCEPTED_SHEET = 'contact-sheet.png';
export const REJECTED_SHEET = 'contact-sheet-rejected.png';

/** More tiles than that are no overview; they are taken evenly over the time covered. */
const LARGEST_TILES = 96;
const TILE_SIZE = 128;
/** Of the sheets by reason and by month. */
const SHEET_FOLDER = 'contact-sheets';

export interface SheetSource {
  manifest: Manifest;
  directory: string;
  catalog: Catalog;
  /** Of the dataset; read from the catalog where it is not at hand. */
  digest?: VerdictDigest;
  /** Absolute path of a workspace path. */
  resolvePath(path: string): string;
}

/** Writes both sheets; their paths. */
export async function writeContactSheets(source: SheetSource): Promise<string[]> {
  const { manifest, directory } = source;
  const paths: string[] = [];
  const dataset = manifest.count > 0 ? await openDataset(directory) : undefined;
  if (dataset) {
    paths.push(
      await writeAccepted(
        join(directory, ACCEPTED_SHEET),
        dataset,
        dataset.frames,
        `${dataset.count} frames`,
      ),
    );
  }
  const rejected = rejectedOf(source);
  if (rejected.length > 0) {
    const title = `${manifest.name}: ${rejected.length} frames left out, with the reasons`;
    paths.push(await writeRejected(join(directory, REJECTED_SHEET), source, rejected, title));
  }
  return paths;
}

/** One sheet for each rule that rejected frames. */
export async function writeReasonSheets(source: SheetSource): Promise<string[]> {
  const byRule = new Map<string, number[]>();
  for (const { accepted, frameId, scores } of source.catalog.verdicts(source.manifest.name)) {
    for (const { rule } of accepted ? [] : scores.filter(({ passed }) => !passed)) {
      const ids = byRule.get(rule);
      if (ids) ids.push(frameId);
      else byRule.set(rule, [frameId]);
    }
  }
  const paths: string[] = [];
  for (const [rule, ids] of byRule) {
    const path = join(source.directory, SHEET_FOLDER, `reason-${rule}.png`);
    const title = `${source.manifest.name}: ${ids.length} frames left out by ${rule}`;
    paths.push(await writeRejected(path, source, ids, title));
  }
  return paths;
}

/** One sheet of accepted frames for each calendar month. */
export async function writeMonthSheets({ directory }: SheetSource): Promise<string[]> {
  const dataset = await openDataset(directory);
  const paths: string[] = [];
  for (const month of [...new Set(dataset.frames.map((frame) => frame.time.slice(0, 7)))].sort()) {
    const frames = dataset.frames.filter((frame) => frame.time.startsWith(month));
    const path = join(directory, SHEET_FOLDER, `${month}.png`);
    paths.push(await writeAccepted(path, dataset, frames, `${frames.length} frames of ${month}`));
  }
  return paths;
}

/** Ids of the frames that were left out, in order. */
function rejectedOf({ catalog, manifest, digest }: SheetSource): number[] {
  if (digest) return digest.rejected;
  const rejected: number[] = [];
  for (const { accepted, frameId } of catalog.verdicts(manifest.name)) if (!accepted) rejected.push(frameId);
  return rejected;
}

async function writeAccepted(
  path: string,
  dataset: Dataset,
  frames: readonly DatasetFrame[],
  what: string,
): Promise<string> {
  const channel = channelOf(dataset.channels[0]!);
  const shown =
    dataset.channels.length > 1 ? `, channel ${channel.name} of ${dataset.channels.join(', ')}` : '';
  const { scale, range } = channel.picture;
  const shades = `${scale} ${range.join(' to ')} ${channel.unit.split(/[ ,]/)[0]}`;
  const tileSize = largestLevel(dataset);
  const title = `${dataset.name}: ${what}${shown}, ${shades}, times UTC, solar north up`;
  const tiles = await acceptedTiles(dataset, frames, tileSize, channel);
  await writeAtomic(path, await renderSheet({ title, simulated: dataset.simulated, tileSize, tiles }));
  return path;
}

async function writeRejected(
  path: string,
  source: SheetSource,
  frameIds: readonly number[],
  title: string,
): Promise<string> {
  const tiles = await rejectedTiles(frameIds, source);
  await writeAtomic(
    path,
    await renderSheet({ title, simulated: source.manifest.simulated, tileSize: TILE_SIZE, tiles }),
  );
  return path;
}

function largestLevel(dataset: Dataset): number {
  return dataset.levels.find((level) => level <= TILE_SIZE) ?? dataset.levels.at(-1)!;
}

async function acceptedTiles(
  dataset: Dataset,
  frames: readonly DatasetFrame[],
  size: number,
  channel: Channel,
): Promise<Tile[]> {
  const tiles: Tile[] = [];
  for (const frame of spread(frames)) {
    const linear = dataset.transform.inverse(await dataset.readFloat(size, [frame.index]));
    const rgb = toRgb(createImage(size, size, linear.subarray(0, size * size)), channel);
    tiles.push({ rgb, captions: [frame.time.slice(0, 16).replace('T', ' '), frame.split] });
  }
  return tiles;
}

async function rejectedTiles(frameIds: readonly number[], source: SheetSource): Promise<Tile[]> {
  const { catalog, manifest } = source;
  const channels = manifest.recipe.channels.map(channelOf);
  const tiles: Tile[] = [];
  for (const frameId of spread(frameIds)) {
    const frame = catalog.frame(frameId);
    const scores = catalog.verdict(manifest.name, frameId)?.scores ?? [];
    const captions = [
      frame?.slot.slice(0, 16).replace('T', ' ') ?? '',
      ...wrap(reasonsOf(scores).join('; ')),
    ];
    const path = frame?.path ? source.resolvePath(frame.path) : undefined;
    const channel = channels.find((candidate) => frame && belongsTo(frame, candidate));
    const exposure = numberOf(frame?.header ?? {}, 'EXPTIME');
    tiles.push({ rgb: path && channel ? await thumbnail(path, channel, exposure) : undefined, captions });
  }
  return tiles;
}

/** A rejected frame as it is on disk, or undefined when it has no square picture in it. */
async function thumbnail(
  path: string,
  channel: Channel,
  exposureSeconds: number | null,
): Promise<Uint8Array | undefined> {
  const image = await decodeImage(path);
  if (!image) return undefined;
  const { width, height, data } = image;
  if (width !== height || width < TILE_SIZE || !Number.isInteger(Math.log2(width / TILE_SIZE)))
    return undefined;
  const nominal = channel.nominalExposureSeconds;
  const factor =
    nominal !== null && exposureSeconds !== null && exposureSeconds > 0 ? nominal / exposureSeconds : 1;
  const normalised = createImage(
    width,
    height,
    data.map((value) => value * factor),
  );
  return toRgb(boxReduceTo(normalised, TILE_SIZE), channel);
}

const LINE_LETTERS = 22;
const LARGEST_LINES = 3;

function wrap(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length + 1 > LINE_LETTERS) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.slice(0, LARGEST_LINES);
}

/** At most `LARGEST_TILES` of the items, evenly. */
function spread<Item>(items: readonly Item[]): Item[] {
  if (items.length <= LARGEST_TILES) return [...items];
  return Array.from(
    { length: LARGEST_TILES },
    (_, i) => items[Math.floor((i * items.length) / LARGEST_TILES)]!,
  );
}
