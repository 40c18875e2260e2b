/**
 * Tensors of a PyTorch state dictionary (`.pth`), in both forms that torch.save has written: a ZIP archive, and before
 * version 1.6 a row of pickles followed by the raw storages.
 */
import { readFile } from 'node:fs/promises';
import { SunganError } from '../../core/errors.ts';
import { openZip } from '../sources/zip-file.ts';
import { isCall, type Pickled, readPickle } from './pickle.ts';
import type { InceptionWeights, WeightTensor } from './weights.ts';

/** Bytes of a storage by its key; undefined for one that is not there. */
type Storages = (key: string) => Uint8Array | undefined;

export async function readTorchFile(path: string): Promise<InceptionWeights> {
  const bytes = await readFile(path);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return isZip ? readArchive(path) : readLegacy(bytes, path);
}

async function readArchive(path: string): Promise<InceptionWeights> {
  const zip = await openZip(path);
  try {
    const members = new Map(
      zip.members.map((member) => [member.name.slice(member.name.indexOf('/') + 1), member]),
    );
    const pickle = members.get('data.pkl');
    if (!pickle) throw new SunganError('format', 'a ZIP file, but not one of torch.save', { where: path });
    const storages = new Map<string, Uint8Array>();
    for (const [name, member] of members)
      if (name.startsWith('data/')) storages.set(name.slice(5), await member.read());
    const { value } = readPickle(await pickle.read(), 0, path);
    return tensorsOf(value, (key) => storages.get(key), path);
  } finally {
    await zip.close();
  }
}

function readLegacy(bytes: Uint8Array, path: string): InceptionWeights {
  let at = 0;
  // Magic number, protocol version, system facts, the object, the keys of the storages in the order that follows.
  const values = [0, 1, 2, 3, 4].map(() => {
    const { value, end } = readPickle(bytes, at, path);
    at = end;
    return value;
  });
  const keys = values[4];
  if (!Array.isArray(keys)) throw new SunganError('format', 'not a file of torch.save', { where: path });
  const storages = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const widths = new Map(storageWidths(values[3]));
  for (const key of keys) {
    const width = widths.get(String(key)) ?? 4;
    const length = at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) * width : Number.NaN;
    if (!(at + 8 + length <= bytes.length)) {
      throw new SunganError('format', `storage ${String(key)} is cut off`, {
        where: path,
        remedy: 'fetch the file anew',
      });
    }
    storages.set(String(key), bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return tensorsOf(values[3], (key) => storages.get(key), path);
}

const BYTES_OF: Record<string, number> = {
  FloatStorage: 4,
  LongStorage: 8,
  DoubleStorage: 8,
  IntStorage: 4,
  HalfStorage: 2,
  ByteStorage: 1,
};

interface StorageFacts {
  key: string;
  type: string;
}

function storageOf(value: Pickled): StorageFacts | undefined {
  if (value === null || typeof value !== 'object' || !('persistent' in value)) return undefined;
  const [, type, key] = value.persistent;
  if (type === null || typeof type !== 'object' || !('global' in type)) return undefined;
  return { key: String(key), type: type.global.split('.').at(-1)! };
}

function entriesOf(value: Pickled): [Pickled, Pickled][] {
  const map = value instanceof Map ? value : isCall(value) ? value.entries : new Map();
  return [...map];
}

/** Arguments of torch._utils._rebuild_tensor_v2, where the value is a tensor. */
function tensorFacts(value: Pickled) {
  if (!isCall(value) || !value.callee.startsWith('torch._utils._rebuild_tensor')) return undefined;
  const [storage, offset, size, stride] = value.arguments;
  const facts = storageOf(storage);
  return facts && { ...facts, offset: Number(offset), size: size as number[], stride: stride as number[] };
}

function* storageWidths(root: Pickled): Generator<[string, number]> {
  for (const [, value] of entriesOf(root)) {
    const facts = tensorFacts(value);
    if (facts) yield [facts.key, BYTES_OF[facts.type] ?? 4];
  }
}

/** Float tensors only; counters of batches and the like are left out. */
function tensorsOf(root: Pickled, storages: Storages, path: string): InceptionWeights {
  const result = new Map<string, WeightTensor>();
  for (const [name, value] of entriesOf(root)) {
    const facts = tensorFacts(value);
    if (typeof name !== 'string' || facts?.type !== 'FloatStorage') continue;
    const bytes = storages(facts.key);
    if (!bytes) throw new SunganError('format', `the values of ${name} are missing`, { where: path });
    result.set(name, { shape: facts.size, data: gather(bytes, facts, `${path}: ${name}`) });
  }
  if (result.size === 0) throw new SunganError('format', 'no tensors in this file', { where: path });
  return result;
}

/** Copies a strided tensor into C order. */
function gather(
  bytes: Uint8Array,
  { offset, size, stride }: { offset: number; size: number[]; stride: number[] },
  where: string,
): Float32Array {
  const count = size.reduce((product, length) => product * length, 1);
  const last = offset + size.reduce((sum, length, axis) => sum + (length - 1) * stride[axis], 0);
  if (count > 0 && !(last * 4 + 4 <= bytes.length))
    throw new SunganError('format', 'a tensor larger than its storage', { where });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(count);
  const position = size.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    result[i] = view.getFloat32(4 * at, true);
    for (let axis = size.length - 1; axis >= 0; axis--) {
      at += stride[axis];
      if (++position[axis] < size[axis]) break;
      at -= stride[axis] * size[axis];
      position[axis] = 0;
    }
  }
  return result;
}
