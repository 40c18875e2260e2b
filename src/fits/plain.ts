/** Uncompressed pixels. */
import { FitsError } from './errors.ts';
import type { ImageHdu } from './hdu.ts';
import type { MissingPixels } from './missing.ts';
import { copyBigEndian, type RawPixels } from './pixels.ts';
import type { Region } from './region.ts';

/** Writes the stored pixels of `region` to `target`; rows that the file lacks go to `missing`, or are an error. */
export function readPlainBand(
  hdu: ImageHdu,
  region: Region,
  target: RawPixels,
  missing: MissingPixels | undefined,
): void {
  const { bytes } = hdu.source;
  const size = target.BYTES_PER_ELEMENT;
  const available = Math.floor(hdu.availableBytes / size);
  const width = region.x1 - region.x0;
  if (missing === undefined && hdu.availableBytes < hdu.dataBytes) throw truncated(hdu);
  const isContiguous = width === hdu.width;
  const step = isContiguous ? region.y1 - region.y0 : 1;
  for (let y = region.y0; y < region.y1; y += step) {
    const first = y * hdu.width + region.x0;
    const length = step * width;
    const present = Math.max(0, Math.min(length, available - first));
    const start = hdu.dataOffset + first * size;
    const to = (y - region.y0) * width;
    copyBigEndian(bytes.subarray(start, start + present * size), target, to, to + present);
    if (present < length) reportMissing(region, y, present, step, missing!);
  }
}

function reportMissing(
  region: Region,
  y: number,
  present: number,
  rows: number,
  missing: MissingPixels,
): void {
  const width = region.x1 - region.x0;
  const whole = Math.floor(present / width);
  const begun = present - whole * width;
  const next = begun > 0 ? whole + 1 : whole;
  if (begun > 0) missing.add({ x0: region.x0 + begun, x1: region.x1, y0: y + whole, y1: y + whole + 1 });
  if (next < rows) missing.add({ ...region, y0: y + next, y1: y + rows });
}

function truncated(hdu: ImageHdu): FitsError {
  return new FitsError('the file was cut off', {
    file: hdu.source.file,
    hdu: hdu.index,
    byteOffset: hdu.dataOffset + hdu.availableBytes,
    expected: `${hdu.dataBytes} bytes of pixels`,
    found: `${hdu.availableBytes}`,
    remedy: 'fetch it again',
  });
}
