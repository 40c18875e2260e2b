/**
 * The safetensors format (huggingface.co/docs/safetensors): eight bytes of header length, a JSON header padded with
 * spaces, raw little-endian tensors. Only F32 is written and read.
 */
import { z } from 'zod';
import { SunganError } from '../../core/errors.ts';
import { elementCount, type Shape } from '../graph/index.ts';

export interface NamedTensor {
  shape: Shape;
  data: Float32Array;
}

export interface TensorFile {
  tensors: Map<string, NamedTensor>;
  metadata: Record<string, string>;
}

const LENGTH_BYTES = 8;

/** Equal content gives equal bytes: the header keeps the order of the map. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = Buffer.alloc(LENGTH_BYTES + headerLength + offset, 0x20);
  file.writeBigUInt64LE(BigInt(headerLength), 0);
  file.set(text, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerLength;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

/** `where` is named in errors. A file that is not whole, and nothing but whole, is refused. */
export function decodeSafetensors(file: Uint8Array, where: string): TensorFile {
  const broken = (reason: string) =>
    new SunganError('format', `no readable safetensors file: ${reason}`, {
      where,
      remedy: 'take another checkpoint, or copy this one again from where it is whole',
    });
  if (file.length < LENGTH_BYTES) throw broken('it is shorter than its own header');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const dataBegin = LENGTH_BYTES + headerLength;
  if (dataBegin > file.length) throw broken(`a header of ${headerLength} bytes does not fit`);
  const { __metadata__: metadata, ...entries } = parseHeader(file.subarray(LENGTH_BYTES, dataBegin), broken);
  const data = file.subarray(dataBegin);
  const tensors = new Map<string, NamedTensor>();
  let end = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const parsed = tensorEntry.safeParse(entry);
    if (!parsed.success) throw broken(`tensor '${name}' is damaged or not F32`);
    const { shape, data_offsets: offsets } = parsed.data;
    const length = elementCount(shape);
    const fits = offsets[1] - offsets[0] === length * 4 && offsets[1] <= data.length;
    if (!fits) throw broken(`tensor '${name}' is damaged or cut off`);
    // Copied, because the data need not be aligned for a Float32Array.
    const bytes = new Uint8Array(length * 4);
    bytes.set(data.subarray(...offsets));
    tensors.set(name, { shape, data: new Float32Array(bytes.buffer) });
    end = Math.max(end, offsets[1]);
  }
  if (end !== data.length) throw broken(`${data.length - end} bytes follow its last tensor`);
  return { tensors, metadata: z.record(z.string(), z.string()).catch({}).parse(metadata) };
}

const count = z.int().min(0);
const tensorEntry = z.object({
  dtype: z.literal('F32'),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});

function parseHeader(bytes: Uint8Array, broken: (reason: string) => SunganError): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw broken('its header is not JSON');
  }
  if (typeof header === 'object' && header && !Array.isArray(header))
    return header as Record<string, unknown>;
  throw broken('its header is no list of tensors');
}
