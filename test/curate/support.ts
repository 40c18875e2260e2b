/** Workspaces for the tests of curate: small frames with true headers, or copies of real ones, in a fresh catalog. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type HeaderRecord, openCatalog } from '../../src/catalog/index.ts';
import { sha256OfBytes } from '../../src/core/files.ts';
import { formatTime, parseTime } from '../../src/core/time.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';
import { card, firstImage, readFits, writeImage } from '../../src/fits/index.ts';
import { createRandom } from '../../src/numeric/index.ts';

export function temporaryWorkspace(): { workspace: Workspace; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'sungan-curate-'));
  return {
    workspace: openWorkspace(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The header of a good synoptic frame: values of a real one of January 2017. */
export const NOMINAL_HEADER: HeaderRecord = {
  TELESCOP: 'SDO/AIA',
  IMG_TYPE: 'LIGHT',
  EXPTIME: 1.999657,
  AIMGSHCE: 2000,
  WAVELNTH: 193,
  QUALITY: 0,
  TOTVALS: 16777216,
  MISSVALS: 0,
  PERCENTD: 100,
  DATAMEAN: 151.36,
  CROTA2: 0,
  RSUN_OBS: 976.082089,
  ACS_MODE: 'SCIENCE',
  ACS_ECLP: 'NO',
  ACS_SUNP: 'YES',
  ACS_SAFE: 'NO',
  AIFCPS: 52,
  AIFTSID: 40962,
  AIFILTYP: 0,
  AISTATE: 'CLOSED',
};

export interface SunFrame {
  slot: string;
  size?: number;
  header?: HeaderRecord;
  product?: string;
  /** Multiplies the brightness. */
  brightness?: number;
  seed?: number;
}

/** A disk with limb, fine texture and noise in DN; negatives off the limb. Not the simulator: its faults must not hide here. */
export function drawSun(size: number, seed: number, brightness = 1): Float32Array {
  const random = createRandom(seed);
  const radius = (976.08 / ((0.6 * 4096) / size)) * 1;
  // The same regions at all times, each time as bright as it likes.
  const places = createRandom('places');
  const spots = Array.from({ length: 6 }, () => [
    places.normal() * 0.4,
    places.normal() * 0.3,
    400 + 3000 * random.uniform(),
  ]);
  const data = new Float32Array(size * size);
  const grains = Float32Array.from({ length: (size + 1) * (size + 1) }, () => random.normal());
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const dx = (x - (size - 1) / 2) / radius;
      const dy = (y - (size - 1) / 2) / radius;
      const r = Math.hypot(dx, dy);
      let value = r < 1 ? 150 + 100 * r * r : 250 * Math.exp(-(r - 1) / 0.08);
      for (const [sx, sy, peak] of spots)
        value += peak! * Math.exp(-((dx - sx!) ** 2 + (dy - sy!) ** 2) / 0.01);
      // Grains of two pixels: white noise would be no structure of the Sun.
      const at = y * (size + 1) + x;
      const grain = (grains[at]! + grains[at + 1]! + grains[at + size + 1]! + grains[at + size + 2]!) / 2;
      value *= Math.exp(0.2 * grain);
      data[y * size + x] = Math.min(16383, brightness * value + random.normal());
    }
  }
  return data;
}

export function frameHeader({ slot, size = 64, header = {} }: SunFrame): HeaderRecord {
  const time = parseTime(slot)!;
  return {
    ...NOMINAL_HEADER,
    T_OBS: formatTime(new Date(time.getTime() + 1840)),
    FSN: Math.round(time.getTime() / 2000),
    CRPIX1: (size + 1) / 2,
    CRPIX2: (size + 1) / 2,
    CDELT1: (0.6 * 4096) / size,
    CDELT2: (0.6 * 4096) / size,
    ...header,
  };
}

/** Writes the frame as int32 with BSCALE 1/16, like JSOC's synoptic files, and enters it as stored. */
export function addFrame(workspace: Workspace, frame: SunFrame): void {
  const { slot, size = 64, seed = Math.round(Date.parse(slot) / 1000), brightness = 1 } = frame;
  const raw = Int32Array.from(drawSun(size, seed, brightness), (value) => Math.round(value * 16));
  addPixels(workspace, frame, raw);
}

export function addPixels(workspace: Workspace, frame: SunFrame, raw: Int32Array): void {
  const header = frameHeader(frame);
  const cards = Object.entries(header).map(([keyword, value]) => card(keyword, value));
  const { size = 64 } = frame;
  const bytes = writeImage({
    width: size,
    height: size,
    data: raw,
    cards,
    bscale: 0.0625,
    blank: -2147483648,
    compression: 'RICE_1',
  });
  enter(workspace, frame, bytes, header, size);
}

/** Enters bytes as the stored file of a slot. */
export function enter(
  workspace: Workspace,
  { slot, product = 'aia.lev1.5s' }: Pick<SunFrame, 'slot' | 'product'>,
  bytes: Uint8Array,
  header: HeaderRecord,
  size: number,
): void {
  const wavelength = product.startsWith('hmi') ? 0 : Number(header['WAVELNTH']);
  const path = `raw/test/${product}.${wavelength}.${slot.replaceAll(':', '')}.fits`;
  mkdirSync(dirname(join(workspace.root, path)), { recursive: true });
  writeFileSync(join(workspace.root, path), bytes);
  const catalog = openCatalog(workspace.catalog);
  const key = { source: 'files', product, wavelength, slot };
  catalog.expectSlots([key]);
  catalog.recordStored(catalog.frameOfSlot(key)!.id, {
    path,
    url: null,
    etag: null,
    bytes: bytes.length,
    sha256: sha256OfBytes(bytes),
    tObs: String(header['T_OBS']),
    exposureSeconds: Number(header['EXPTIME']),
    quality: Number(header['QUALITY']) >>> 0,
    fsn: Number(header['FSN']),
    width: size,
    height: size,
    header,
  });
  catalog.close();
}

/** Enters a real file under the slot of its T_REC minute. */
export async function addRealFrame(workspace: Workspace, path: string): Promise<void> {
  const bytes = await readFile(path);
  const hdu = firstImage(readFits(bytes, { file: path }));
  const header = hdu.header.toRecord();
  const time = parseTime(String(header['T_OBS']))!;
  const slot = formatTime(new Date(Math.round(time.getTime() / 60_000) * 60_000));
  enter(workspace, { slot }, bytes, header, hdu.width);
}
