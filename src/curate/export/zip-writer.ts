/**
 * ZIP files whose members are stored as they are (APPNOTE 6.3.3), with the 64-bit records where sizes or counts need
 * them. Times are fixed, so that equal contents give equal files.
 */
import { crc32 } from 'node:zlib';
import type { FileSink } from './file-sink.ts';

interface Entry {
  name: Uint8Array;
  crc: number;
  size: number;
  offset: number;
}

const VERSION_64 = 45;
const UTF8_FLAG = 0x0800;
/** 1980-01-01, the first day that the format knows. */
const DATE = 0x21;
const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;

export class ZipWriter {
  private readonly sink: FileSink;
  private readonly entries: Entry[] = [];

  constructor(sink: FileSink) {
    this.sink = sink;
  }

  /** Members are smaller than 4 GiB. */
  async add(name: string, content: Uint8Array): Promise<void> {
    const entry = {
      name: new TextEncoder().encode(name),
      crc: crc32(content),
      size: content.length,
      offset: this.sink.offset,
    };
    this.entries.push(entry);
    const header = new DataView(new ArrayBuffer(30));
    header.setUint32(0, 0x04034b50, true);
    writeCommon(header, 4, entry);
    await this.sink.write(new Uint8Array(header.buffer));
    await this.sink.write(entry.name);
    await this.sink.write(content);
  }

  /** The central directory; nothing can be added behind it. */
  async end(): Promise<void> {
    const start = this.sink.offset;
    for (const entry of this.entries) {
      const isFar = entry.offset >= MAX_32;
      const header = new DataView(new ArrayBuffer(46));
      header.setUint32(0, 0x02014b50, true);
      header.setUint16(4, VERSION_64, true);
      writeCommon(header, 6, entry);
      header.setUint16(30, isFar ? 12 : 0, true);
      header.setUint32(42, Math.min(entry.offset, MAX_32), true);
      await this.sink.write(new Uint8Array(header.buffer));
      await this.sink.write(entry.name);
      if (isFar) await this.sink.write(farOffset(entry.offset));
    }
    await this.sink.write(endRecords(this.entries.length, start, this.sink.offset - start));
  }
}

/** Fields that the two headers share, from "version needed" on. */
function writeCommon(header: DataView, at: number, { name, crc, size }: Entry): void {
  header.setUint16(at, VERSION_64, true);
  header.setUint16(at + 2, UTF8_FLAG, true);
  header.setUint16(at + 4, 0, true);
  header.setUint16(at + 6, 0, true);
  header.setUint16(at + 8, DATE, true);
  header.setUint32(at + 10, crc, true);
  header.setUint32(at + 14, size, true);
  header.setUint32(at + 18, size, true);
  header.setUint16(at + 22, name.length, true);
}

function farOffset(offset: number): Uint8Array {
  const extra = new DataView(new ArrayBuffer(12));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 8, true);
  extra.setBigUint64(4, BigInt(offset), true);
  return new Uint8Array(extra.buffer);
}

function endRecords(count: number, start: number, size: number): Uint8Array {
  const isLarge = count >= MAX_16 || start >= MAX_32 || size >= MAX_32;
  const view = new DataView(new ArrayBuffer((isLarge ? 76 : 0) + 22));
  let at = 0;
  if (isLarge) {
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(4, 44n, true);
    view.setUint16(12, VERSION_64, true);
    view.setUint16(14, VERSION_64, true);
    view.setBigUint64(24, BigInt(count), true);
    view.setBigUint64(32, BigInt(count), true);
    view.setBigUint64(40, BigInt(size), true);
    view.setBigUint64(48, BigInt(start), true);
    view.setUint32(56, 0x07064b50, true);
    view.setBigUint64(64, BigInt(start + size), true);
    view.setUint32(72, 1, true);
    at = 76;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, Math.min(count, MAX_16), true);
  view.setUint16(at + 10, Math.min(count, MAX_16), true);
  view.setUint32(at + 12, Math.min(size, MAX_32), true);
  view.setUint32(at + 16, Math.min(start, MAX_32), true);
  return new Uint8Array(view.buffer);
}
