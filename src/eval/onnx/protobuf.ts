/** The wire format of protocol buffers, as far as ONNX models are written and frozen TensorFlow graphs are read with it. */
import { SunganError } from '../../core/errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function integerField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

export function stringField(field: number, text: string): Uint8Array {
  return packedField(field, encoder.encode(text));
}

/** A message inside a message; the same bytes as a string or packed numbers. */
export const messageField = packedField;

export function packedField(field: number, bytes: Uint8Array): Uint8Array {
  const head = [...varint(field * 8 + 2), ...varint(bytes.length)];
  const result = new Uint8Array(head.length + bytes.length);
  result.set(head);
  result.set(bytes, head.length);
  return result;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

export interface Field {
  readonly number: number;
  /** Wire types 0, 1 and 5 as a number (1 and 5 undecoded); 2 as bytes. */
  readonly value: number | Uint8Array;
}

/** The fields of one message in order. Lengths are checked against the bytes that are there. */
export function* readFields(bytes: Uint8Array, where: string): Generator<Field> {
  const damaged = (at: number) =>
    new SunganError('format', `damaged protocol buffer at byte ${at}`, {
      where,
      remedy: 'fetch the file anew',
    });
  let at = 0;
  const read = () => {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count++) {
      if (at >= bytes.length) break;
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw damaged(at);
  };
  while (at < bytes.length) {
    const key = read();
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) {
      yield { number, value: read() };
      continue;
    }
    const length = wire === 2 ? read() : wire === 5 ? 4 : wire === 1 ? 8 : Number.NaN;
    if (!(at + length <= bytes.length)) throw damaged(at);
    yield { number, value: bytes.subarray(at, at + length) };
    at += length;
  }
}

export function textOf(value: Field['value']): string {
  return typeof value === 'number' ? String(value) : decoder.decode(value);
}
