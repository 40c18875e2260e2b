/** Members of a ZIP file, stored or deflated, read one by one from the disk (also over 4 GiB: ZIP64). */
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { SunganError } from '../../core/errors.ts';

export interface ZipMember {
  readonly name: string;
  /** Uncompressed. */
  readonly bytes: number;
  /** CRC-32 of the contents, as the archive states it. */
  readonly checksum: number;
  read(): Promise<Uint8Array>;
}

export interface ZipFile {
  readonly members: readonly ZipMember[];
  close(): Promise<void>;
}

const inflate = promisify(inflateRaw);

const END_SIGNATURE = 0x06054b50;
const END_LENGTH = 22;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_LENGTH = 20;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL_LENGTH = 30;
const LARGEST_COMMENT = 65535;
/** Marks a size that stands in the ZIP64 extra field. */
const IN_EXTRA = 0xffffffff;
/** No picture and no tensor here is larger; a member that claims more is refused before memory is taken. */
const LARGEST_MEMBER = 2 ** 31;

export async function openZip(path: string): Promise<ZipFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const directory = await readDirectory(file, size, path);
    return { members: parseEntries(directory, file, path), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function damaged(path: string, reason: string): SunganError {
  return new SunganError('format', `not a readable ZIP file: ${reason}`, {
    where: path,
    remedy: 'copy or fetch it anew',
  });
}

async function readAt(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw damaged(path, 'it ends too early');
  return buffer;
}

async function readDirectory(file: FileHandle, size: number, path: string): Promise<Buffer> {
  const tailLength = Math.min(size, END_LENGTH + LARGEST_COMMENT);
  const tail = await readAt(file, size - tailLength, tailLength, path);
  let at = tail.length - END_LENGTH;
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at--;
  if (at < 0) throw damaged(path, 'it has no directory at its end');
  let length = tail.readUInt32LE(at + 12);
  let offset = tail.readUInt32LE(at + 16);
  if (offset === IN_EXTRA || length === IN_EXTRA) {
    const locator = await readAt(file, size - tailLength + at - LOCATOR64_LENGTH, LOCATOR64_LENGTH, path);
    const end = await readAt(file, Number(locator.readBigUInt64LE(8)), 56, path);
    if (end.readUInt32LE(0) !== END64_SIGNATURE)
      throw damaged(path, 'its ZIP64 directory is not where it should be');
    length = Number(end.readBigUInt64LE(40));
    offset = Number(end.readBigUInt64LE(48));
  }
  if (offset + length > size) throw damaged(path, 'its directory lies outside the file');
  return readAt(file, offset, length, path);
}

function parseEntries(directory: Buffer, file: FileHandle, path: string): ZipMember[] {
  const members: ZipMember[] = [];
  for (let at = 0; at + ENTRY_LENGTH <= directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
      throw damaged(path, `no entry at byte ${at} of its directory`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      directory.readUInt16LE(at + field),
    );
    const name = directory.toString('utf8', at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength);
    const extra = directory.subarray(
      at + ENTRY_LENGTH + nameLength,
      at + ENTRY_LENGTH + nameLength + extraLength,
    );
    const entry = {
      method: directory.readUInt16LE(at + 10),
      ...sizesOf(
        directory.readUInt32LE(at + 24),
        directory.readUInt32LE(at + 20),
        directory.readUInt32LE(at + 42),
        extra,
      ),
    };
    if (!name.endsWith('/')) {
      members.push({
        name,
        bytes: entry.bytes,
        checksum: directory.readUInt32LE(at + 16),
        read: () => readMember(file, entry, `${path}: ${name}`),
      });
    }
    at += ENTRY_LENGTH + nameLength + extraLength + commentLength;
  }
  return members;
}

interface Entry {
  method: number;
  bytes: number;
  packed: number;
  offset: number;
}

/** Sizes that do not fit 32 bits stand in extra field 1, in this order, only those that are marked. */
function sizesOf(bytes: number, packed: number, offset: number, extra: Buffer): Omit<Entry, 'method'> {
  const result = { bytes, packed, offset };
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const key of ['bytes', 'packed', 'offset'] as const) {
      if (result[key] !== IN_EXTRA || field + 8 > extra.length) continue;
      result[key] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
  }
  return result;
}

async function readMember(
  file: FileHandle,
  { method, bytes, packed, offset }: Entry,
  where: string,
): Promise<Uint8Array> {
  if (bytes > LARGEST_MEMBER || packed > LARGEST_MEMBER) throw damaged(where, `it claims ${bytes} bytes`);
  const local = await readAt(file, offset, LOCAL_LENGTH, where);
  const start = offset + LOCAL_LENGTH + local.readUInt16LE(26) + local.readUInt16LE(28);
  const data = await readAt(file, start, packed, where);
  if (method === 0) return data;
  if (method !== 8) throw damaged(where, `compression method ${method} is not known here`);
  const inflated = await inflate(data, { maxOutputLength: bytes }).catch((cause) => {
    throw damaged(where, (cause as Error).message);
  });
  return inflated;
}
