/** What can be written, checked before anything is. */
import { FitsError } from '../errors.ts';
import type { WriteImageOptions } from './image.ts';

/** Smallest and largest BLANK; none of floats, whose missing value is NaN. */
const TYPES = new Map<unknown, readonly [number, number] | undefined>([
  [Uint8Array, [0, 255]],
  [Int16Array, [-(2 ** 15), 2 ** 15 - 1]],
  [Int32Array, [-(2 ** 31), 2 ** 31 - 1]],
  [Float32Array, undefined],
  [Float64Array, undefined],
]);

/** Throws `FitsError` when the options disagree, or ask for what no file can hold. Callers may come from plain JavaScript. */
export function checkOptions(options: WriteImageOptions): void {
  for (const check of [checkShape, checkType, checkCompression, checkBlank, checkScale]) {
    const complaint = check(options);
    if (complaint !== undefined) throw new FitsError('cannot write the image', complaint);
  }
}

type Complaint = { expected: string; found: string } | undefined;

function checkShape({ width, height }: WriteImageOptions): Complaint {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return undefined;
  return { expected: 'positive whole width and height', found: `${width} x ${height}` };
}

function checkType({ width, height, data }: WriteImageOptions): Complaint {
  const expected = `a Uint8, Int16, Int32, Float32 or Float64 array of ${width * height}`;
  const type = typeOf(data);
  if (type === undefined) {
    return { expected, found: (data as object | undefined)?.constructor?.name ?? String(data) };
  }
  return data.length === width * height ? undefined : { expected, found: `${data.length} values` };
}

function checkCompression({ data, compression = 'none' }: WriteImageOptions): Complaint {
  if (compression !== 'none' && compression !== 'RICE_1') {
    return { expected: 'compression RICE_1 or none', found: String(compression) };
  }
  if (compression === 'none' || isInteger(data)) return undefined;
  return { expected: 'integers for RICE_1', found: 'floats' };
}

function checkBlank({ data, blank }: WriteImageOptions): Complaint {
  if (blank === undefined) return undefined;
  const range = TYPES.get(typeOf(data));
  if (range === undefined)
    return { expected: 'no BLANK with floats: NaN is their missing value', found: `${blank}` };
  if (Number.isInteger(blank) && blank >= range[0] && blank <= range[1]) return undefined;
  return { expected: `an integer from ${range[0]} to ${range[1]} as BLANK`, found: `${blank}` };
}

function checkScale({ bscale = 1, bzero = 0 }: WriteImageOptions): Complaint {
  if (Number.isFinite(bscale) && Number.isFinite(bzero) && bscale !== 0) return undefined;
  return {
    expected: 'a finite BZERO and a finite BSCALE other than 0',
    found: `BSCALE ${bscale}, BZERO ${bzero}`,
  };
}

function isInteger(data: unknown): boolean {
  return TYPES.get(typeOf(data)) !== undefined;
}

/** The class of an array of pixels, a Buffer being bytes; undefined for anything else. */
function typeOf(data: unknown): unknown {
  for (const type of TYPES.keys()) if (data instanceof (type as Uint8ArrayConstructor)) return type;
  return undefined;
}
