/**
 * The TFRecords of PG-GAN (dataset_tool.py): one file a level, `<name>-r02.tfrecords` for 4 pixels up to the largest,
 * records of `shape` (CHW) and `data` (raw 8-bit), and `simulated` where frames are, framed with masked CRC-32C.
 */
import { join } from 'node:path';
import { throwIfStopped } from '../../core/effects.ts';
import { createRandom } from '../../numeric/index.ts';
import type { DatasetFrame } from '../dataset.ts';
import { crc32c } from '../zarr/crc32c.ts';
import { withSink } from './file-sink.ts';
import { readPicture } from './pictures.ts';
import type { ExportFormat } from './types.ts';

/** The order is shuffled, as PG-GAN's own tool does: its reader takes records as they come. */
const SHUFFLE_SEED = 123;

export const tfrecord: ExportFormat = {
  name: 'tfrecord',
  summary: 'TFRecords for PG-GAN, one file a level',
  bits: [8],
  extension: undefined,
  async write({ path, dataset, size, signal }, frames) {
    const order = createRandom(SHUFFLE_SEED).shuffle([...frames]);
    const levels = dataset.levels.filter((level) => level <= size);
    const paths: string[] = [];
    for (const level of levels) {
      const log2 = String(Math.log2(level)).padStart(2, '0');
      const file = join(path, `${dataset.name}-r${log2}.tfrecords`);
      await withSink(file, async (sink) => {
        for (const frame of order) {
          throwIfStopped(signal);
          await sink.write(frameRecord(await recordOf(dataset, level, frame)));
        }
      });
      paths.push(file);
    }
    return paths;
  },
};

async function recordOf(
  dataset: Parameters<typeof readPicture>[0],
  size: number,
  frame: DatasetFrame,
): Promise<Uint8Array> {
  const { channels, data } = await readPicture(dataset, size, frame.index, 8);
  const planes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++)
    planes[(i % channels) * size * size + Math.floor(i / channels)] = data[i]!;
  const shape = [channels, size, size].flatMap((value) => [...varint(value)]);
  const features = [
    field(1, mapEntry('data', field(1, field(1, planes)))),
    field(1, mapEntry('shape', field(3, field(1, Uint8Array.from(shape))))),
  ];
  // Readers look up the features they know by name.
  if (dataset.simulated) features.push(field(1, mapEntry('simulated', field(3, field(1, Uint8Array.of(1))))));
  return field(1, concat(features));
}

/** One entry of a protocol-buffer map: key and value. */
const mapEntry = (key: string, value: Uint8Array) =>
  concat([field(1, new TextEncoder().encode(key)), field(2, value)]);

/** A length-delimited field of a protocol buffer. */
function field(number: number, content: Uint8Array): Uint8Array {
  return concat([Uint8Array.of((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Length, its checksum, the record, its checksum. */
function frameRecord(record: Uint8Array): Uint8Array {
  const length = new DataView(new ArrayBuffer(12));
  length.setBigUint64(0, BigInt(record.length), true);
  length.setUint32(8, masked(crc32c(new Uint8Array(length.buffer, 0, 8))), true);
  const footer = new DataView(new ArrayBuffer(4));
  footer.setUint32(0, masked(crc32c(record)), true);
  return concat([new Uint8Array(length.buffer), record, new Uint8Array(footer.buffer)]);
}

/** TensorFlow's guard against checksums of data that hold checksums. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
