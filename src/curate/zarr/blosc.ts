/**
 * Blosc 1 frames of 16-bit values (c-blosc's README_CHUNK_FORMAT): the bytes of all values are sorted by significance,
 * the high ones deflated, the low ones, which are noise, kept. On log-transformed frames this is a tenth smaller than
 * gzip and twice as fast. Every Zarr reader has the codec; this one reads what it writes.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { SunganError } from '../../core/errors.ts';

/** As it stands in the metadata of the arrays. */
export const BLOSC_CONFIGURATION = {
  typesize: 2,
  cname: 'zlib',
  clevel: 1,
  shuffle: 'shuffle',
  blocksize: 0,
} as const;

const HEADER_BYTES = 16;
const FORMAT_VERSION = 2;
const ZLIB_VERSION = 1;
const SHUFFLED = 0x01;
const COPIED = 0x02;
const ZLIB_FORMAT = 3 << 5;
const VALUE_BYTES = 2;
/** Blocks with fewer values are not split into streams by any decoder. */
const FEWEST_VALUES_TO_SPLIT = 128;

export function encodeBlosc(values: Uint16Array): Uint8Array {
  if (values.length < FEWEST_VALUES_TO_SPLIT) return copied(values);
  const { low, high } = shuffled(values);
  const streams = [low, deflated(high)];
  const size = HEADER_BYTES + 4 + streams.reduce((sum, stream) => sum + 4 + stream.length, 0);
  const frame = new Uint8Array(size);
  const view = writeHeader(frame, SHUFFLED | ZLIB_FORMAT, values.length * VALUE_BYTES);
  // One block, and where it begins.
  view.setUint32(HEADER_BYTES, HEADER_BYTES + 4, true);
  let offset = HEADER_BYTES + 4;
  for (const stream of streams) {
    view.setInt32(offset, stream.length, true);
    frame.set(stream, offset + 4);
    offset += 4 + stream.length;
  }
  return frame;
}

/** Throws when the frame is not one of `length` values as `encodeBlosc` writes them. */
export function decodeBlosc(frame: Uint8Array, length: number, where: string): Uint16Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const isWhole = frame.length >= HEADER_BYTES && view.getUint32(12, true) === frame.length;
  if (!isWhole || frame[0] !== FORMAT_VERSION || view.getUint32(4, true) !== length * VALUE_BYTES) {
    throw damaged(`chunk is no Blosc frame of ${length} values`, where);
  }
  if ((frame[2]! & COPIED) !== 0) return littleEndian(frame, length);
  try {
    const planes: Uint8Array[] = [];
    let offset = view.getUint32(HEADER_BYTES, true);
    for (let stream = 0; stream < VALUE_BYTES; stream++) {
      const bytes = view.getInt32(offset, true);
      const content = frame.subarray(offset + 4, offset + 4 + bytes);
      planes.push(bytes === length ? content : inflateSync(content));
      offset += 4 + bytes;
    }
    return unshuffled(planes[0]!, planes[1]!, length);
  } catch (cause) {
    throw damaged('chunk cannot be unpacked', where, cause);
  }
}

function damaged(message: string, where: string, cause?: unknown): SunganError {
  const remedy = 'the file is damaged: delete the dataset folder and run curate again';
  return new SunganError('format', message, { where, remedy, cause });
}

function writeHeader(frame: Uint8Array, flags: number, bytes: number): DataView {
  const view = new DataView(frame.buffer);
  frame.set([FORMAT_VERSION, ZLIB_VERSION, flags, VALUE_BYTES]);
  view.setUint32(4, bytes, true);
  view.setUint32(8, bytes, true);
  view.setUint32(12, frame.length, true);
  return view;
}

function copied(values: Uint16Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + values.length * VALUE_BYTES);
  const view = writeHeader(frame, COPIED | ZLIB_FORMAT, values.length * VALUE_BYTES);
  values.forEach((value, i) => {
    view.setUint16(HEADER_BYTES + i * VALUE_BYTES, value, true);
  });
  return frame;
}

function littleEndian(frame: Uint8Array, length: number): Uint16Array {
  const view = new DataView(frame.buffer, frame.byteOffset + HEADER_BYTES);
  return Uint16Array.from({ length }, (_, i) => view.getUint16(i * VALUE_BYTES, true));
}

/** A stream as long as its input means "as it is" to the decoder. */
function deflated(plane: Uint8Array): Uint8Array {
  const result = deflateSync(plane, { level: BLOSC_CONFIGURATION.clevel });
  return result.length < plane.length ? result : plane;
}

function shuffled(values: Uint16Array): { low: Uint8Array; high: Uint8Array } {
  const low = new Uint8Array(values.length);
  const high = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    low[i] = values[i]! & 0xff;
    high[i] = values[i]! >> 8;
  }
  return { low, high };
}

function unshuffled(low: Uint8Array, high: Uint8Array, length: number): Uint16Array {
  if (low.length !== length || high.length !== length) throw new RangeError('streams of unequal length');
  const values = new Uint16Array(length);
  for (let i = 0; i < length; i++) values[i] = low[i]! | (high[i]! << 8);
  return values;
}
