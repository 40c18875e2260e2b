/** Members of a ZIP file by random access: stored or deflated, with the 64-bit records of large archives. */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { SunganError } from '../../core/errors.ts';

export interface ZipMember {
  name: string;
  read(): Promise<Uint8Array>;
}

const END_BYTES = 22;
const LARGEST_COMMENT = 65_535;
const FAR = 0xffffffff;
/** A picture is never so large (8192 x 8192 of 16 bits are half of it); a member that says so is a trap. */
const LARGEST_MEMBER = 2 ** 28;
const ENCRYPTED = 1;

interface Entry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/** Opens the archive; `close` must be called. */
export async function openZip(path: string): Promise<{ members: ZipMember[]; close(): Promise<void> }> {
  const file = await open(path, 'r');
  try {
    const entries = await readDirectory(file, path).catch((cause) => {
      // Numbers of a damaged directory point anywhere.
      throw cause instanceof RangeError ? damaged(path, 'the directory is damaged', cause) : cause;
    });
    const members = entries.map((entry) => ({ name: entry.name, read: () => readMember(file, entry, path) }));
    return { members, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

async function readDirectory(file: FileHandle, path: string): Promise<Entry[]> {
  const { size } = await file.stat();
  const tailLength = Math.min(size, END_BYTES + LARGEST_COMMENT);
  const tail = await readAt(file, size - tailLength, tailLength);
  const at = tail.lastIndexOf(Buffer.of(0x50, 0x4b, 5, 6));
  if (at < 0) throw damaged(path, 'no end of a central directory: not a ZIP file, or cut short');
  let count = tail.readUInt16LE(at + 10);
  let length = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  if (at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50) {
    const far = await readAt(file, Number(tail.readBigUInt64LE(at - 12)), 56);
    if (far.length < 56 || far.readUInt32LE(0) !== 0x06064b50)
      throw damaged(path, 'the 64-bit end record is missing');
    count = Number(far.readBigUInt64LE(32));
    length = Number(far.readBigUInt64LE(40));
    start = Number(far.readBigUInt64LE(48));
  }
  if (!(start + length <= size)) throw damaged(path, 'the central directory lies outside the file');
  return parseDirectory(await readAt(file, start, length), count, path);
}

function parseDirectory(bytes: Buffer, count: number, path: string): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw damaged(path, 'a directory entry is damaged');
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const near = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    const [size, packed, offset] = withFarValues(near, extra);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: packed!,
      size: size!,
      offset: offset!,
    });
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** Size, packed size and offset: those that do not fit 32 bits stand in the extra field, in this order. */
function withFarValues(near: number[], extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return near.map((value) => {
      if (value !== FAR) return value;
      const far = Number(extra.readBigUInt64LE(next));
      next += 8;
      return far;
    });
  }
  return near;
}

async function readMember(file: FileHandle, entry: Entry, path: string): Promise<Uint8Array> {
  const where = `${path}, ${entry.name}`;
  if (entry.size > LARGEST_MEMBER || entry.packed > LARGEST_MEMBER)
    throw damaged(where, 'the member is too large for a picture');
  if (entry.flags & ENCRYPTED) throw damaged(where, 'the member is encrypted');
  const header = await readAt(file, entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50)
    throw damaged(where, 'the member is not where it should be');
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.packed > (await file.stat()).size) throw damaged(where, 'the member is cut short');
  const packed = await readAt(file, start, entry.packed);
  if (entry.method !== 0 && entry.method !== 8)
    throw damaged(where, `compression method ${entry.method} is not read`);
  const content = entry.method === 0 ? packed : inflate(packed, entry.size, where);
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    throw damaged(where, 'the checksum does not match');
  return content;
}

/** At most the size that the directory tells. */
function inflate(packed: Buffer, size: number, where: string): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw damaged(where, `cannot be unpacked: ${(cause as Error).message}`, cause);
  }
}

function damaged(where: string, message: string, cause?: unknown): SunganError {
  return new SunganError('format', message, { where, remedy: 'fetch the archive again', cause });
}
