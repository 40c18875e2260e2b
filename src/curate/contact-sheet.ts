/** Pictures for the eye: what is in the dataset, and what was left out and why. North is up. */
import { join } from 'node:path';
import type { Catalog, Verdict } from '../catalog/index.ts';
import { writeAtomic } from '../core/files.ts';
import { boxReduceTo, createImage } from '../numeric/index.ts';
import { belongsTo, type Channel, channelOf } from './channels.ts';
import { type Dataset, openDataset } from './dataset.ts';
import { decodeImage } from './decode.ts';
import type { Manifest } from './manifest.ts';
import { numberOf, reasonsOf } from './rules/index.ts';
import { renderSheet, type Tile } from './sheet-layout.ts';
import { toRgb } from './tone.ts';

export const ACCEPTED_SHEET = 'contact-sheet.png';
export const REJECTED_SHEET = 'contact-sheet-rejected.png';

/** More tiles than that are no overview; they are taken evenly over the time covered. */
const LARGEST_TILES = 96;
const TILE_SIZE = 128;

export interface SheetSource {
  manifest: Manifest;
  directory: string;
  catalog: Catalog;
  /** Absolute path of a workspace path. */
  resolvePath(path: string): string;
}

/** Writes both sheets; their paths. */
export async function writeContactSheets(source: SheetSource): Promise<string[]> {
  const { name } = source.manifest;
  const paths: string[] = [];
  const write = async (file: string, title: string, tileSize: number, tiles: Tile[]) => {
    const path = join(source.directory, file);
    await writeAtomic(path, await renderSheet({ title, tileSize, tiles }));
    paths.push(path);
  };

  const dataset = await openDataset(source.directory).catch(() => undefined);
  if (dataset && dataset.count > 0) {
    const tileSize = largestLevel(dataset);
    const simulated = dataset.simulated ? ' (SIMULATED)' : '';
    const channel = channelOf(dataset.channels[0]!);
    const shown =
      dataset.channels.length > 1 ? `, channel ${channel.name} of ${dataset.channels.join(', ')}` : '';
    const title = `${name}: ${dataset.count} frames${simulated}${shown}, solar north up`;
    await write(ACCEPTED_SHEET, title, tileSize, await acceptedTiles(dataset, tileSize, channel));
  }
  const rejected = source.catalog.verdicts(name).filter((verdict) => !verdict.accepted);
  if (rejected.length > 0) {
    const title = `${name}: ${rejected.length} frames left out, with the reasons`;
    await write(REJECTED_SHEET, title, TILE_SIZE, await rejectedTiles(rejected, source));
  }
  return paths;
}

function largestLevel(dataset: Dataset): number {
  return dataset.levels.find((level) => level <= TILE_SIZE) ?? dataset.levels.at(-1)!;
}

async function acceptedTiles(dataset: Dataset, size: number, channel: Channel): Promise<Tile[]> {
  const tiles: Tile[] = [];
  for (const frame of spread(dataset.frames)) {
    const linear = dataset.transform.inverse(await dataset.readFloat(size, [frame.index]));
    const rgb = toRgb(createImage(size, size, linear.subarray(0, size * size)), channel);
    tiles.push({ rgb, captions: [frame.time.slice(0, 16).replace('T', ' '), frame.split] });
  }
  return tiles;
}

async function rejectedTiles(verdicts: readonly Verdict[], source: SheetSource): Promise<Tile[]> {
  const channels = source.manifest.recipe.channels.map(channelOf);
  const tiles: Tile[] = [];
  for (const verdict of spread(verdicts)) {
    const frame = source.catalog.frame(verdict.frameId);
    const captions = [
      frame?.slot.slice(0, 16).replace('T', ' ') ?? '',
      ...wrap(reasonsOf(verdict.scores).join('; ')),
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
