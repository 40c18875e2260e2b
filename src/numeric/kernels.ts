/**
 * The loops over every pixel of a large frame: SIMD WebAssembly where build/kernels.wasm can be loaded, the same in plain
 * TypeScript elsewhere. Both give the same pictures within 1e-6 of the value for counts, scaling and means, within one
 * 16-bit step for the logarithm, and within 1/4096 pixel of position for the resample (its weights are tabulated).
 *
 * Images that these functions return lie in the kernels' own memory: they are valid until the next `begin`.
 */
import { createImage, type Image } from './image.ts';
import { boxHalve } from './resample.ts';
import { type Affine, warpCubic } from './warp.ts';
import { growTo, instantiateKernels, type WasmMemory } from './wasm.ts';

/** Pixels as a file stores them: value = zero + scale * stored, none where the stored integer is `blank`. */
export interface StoredImage {
  width: number;
  height: number;
  data: Int16Array | Int32Array | Float32Array;
  scale: number;
  zero: number;
  /** Undefined where every integer is a value, and for floats, which have NaN. */
  blank: number | undefined;
}

export interface LoadedImage {
  image: Image;
  /** Pixels without a value. */
  missing: number;
  /** Pixels of at least the ceiling. */
  saturated: number;
}

export interface Kernels {
  readonly kind: 'simd' | 'plain';
  /** Forgets all images and makes room for `pixels` new ones' pixels altogether. */
  begin(pixels: number): void;
  /** Where `load` takes so many stored integers from without a copy, when it is the first to be called after `begin`. */
  room(bits: 16 | 32, count: number): Int16Array | Int32Array;
  /** The values of stored pixels, where the other functions can take them from; how many have none or reach `ceiling`. */
  load(stored: StoredImage, ceiling: number): LoadedImage;
  /** The image is not needed any more: what is made next lies in its place, and must fit there altogether. */
  reuse(image: Image): void;
  /** clip(image * factor, low, high), in place. */
  scaleClip(image: Image, factor: number, low: number, high: number): void;
  /** Cubic convolution through an affine map (see warp.ts). */
  warpCubic(image: Image, map: Affine, width: number, height: number, outside: number): Image;
  /** warpCubic, scaleClip and halve in one: the large image, of even sides, is never whole and stays in the cache. */
  warpHalved(image: Image, map: Affine, width: number, height: number, outside: number, to: Scaling): Image;
  /** Means of 2x2 blocks of an image without missing pixels. */
  halve(image: Image): Image;
  /** round(65535 ln(1 + x) / ln(1 + ceiling)) of values in [0, ceiling]; a new array. */
  log1pQuantise(image: Image, ceiling: number): Uint16Array;
}

/** clip(value * factor, low, high) */
export interface Scaling {
  factor: number;
  low: number;
  high: number;
}

const TOP_STEP = 65535;
/** Rows that are resampled before they are halved: even, and half a megabyte of a frame of 4096. */
const STRIP_ROWS = 32;

/** SIMD where the built module is there; `plain` where it is not (a checkout that was not built). */
export function loadKernels(): Kernels {
  return simdKernels() ?? plainKernels();
}

interface KernelModule {
  memory: WasmMemory;
  heapBase(): number;
  initWeights(): void;
  widen16: Widen;
  widen32: Widen;
  countFloats(source: number, count: number, ceiling: number): void;
  missing(): number;
  saturated(): number;
  scaleClip(source: number, target: number, count: number, factor: number, low: number, high: number): void;
  halve(source: number, width: number, height: number, target: number): void;
  warpCubic(...args: number[]): void;
  log1pQuantise(source: number, target: number, count: number, scale: number): void;
}

type Widen = (
  source: number,
  target: number,
  count: number,
  scale: number,
  zero: number,
  blank: number,
  ceiling: number,
) => void;

/** SIMD loads 16 bytes; every image begins at such an address and may be read to the next one. */
const ALIGNMENT = 16;

/** Of all images between two calls of `begin`. */
const ROOM_FOR_ALIGNMENT = 65_536;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Undefined where the built module cannot be loaded. */
export function simdKernels(): Kernels | undefined {
  const module = instantiateKernels<KernelModule>();
  if (!module) return undefined;
  module.initWeights();
  const base = aligned(module.heapBase());
  let top = base;

  const take = (bytes: number) => {
    const address = top;
    top += aligned(bytes);
    return address;
  };
  const image = (width: number, height: number): Image => {
    const address = take(width * height * 4);
    return createImage(width, height, new Float32Array(module.memory.buffer, address, width * height));
  };
  const addressOf = ({ data }: Image) => data.byteOffset;
  /** Lanes are four wide: what is behind the last pixel up to the next address is read as well, and is the image's own. */
  const lanes = ({ data }: Image) => Math.ceil(data.length / 4) * 4;

  return {
    kind: 'simd',
    begin(pixels) {
      top = base;
      growTo(module.memory, base + pixels * 4 + ROOM_FOR_ALIGNMENT);
    },
    room(bits, count) {
      const { buffer } = module.memory;
      // 32-bit integers become floats in their place, 16-bit ones lie behind it.
      if (bits === 32) return new Int32Array(buffer, aligned(top), count);
      return new Int16Array(buffer, aligned(aligned(top) + aligned(count * 4)), count);
    },
    load(stored, ceiling) {
      const { width, height, data } = stored;
      const isHere = (address: number) => data.buffer === module.memory.buffer && data.byteOffset === address;
      const target = image(width, height);
      const address = addressOf(target);
      if (data instanceof Float32Array) {
        target.data.set(data);
        clearTail(module, target);
        module.countFloats(address, lanes(target), ceiling);
      } else if (data instanceof Int16Array) {
        // The room behind the image is taken by the next one: the integers are gone by then.
        const source = aligned(top);
        const copy = new Int16Array(module.memory.buffer, source, Math.ceil(data.length / 8) * 8);
        if (!isHere(source)) copy.set(data);
        copy.fill(0, data.length);
        module.widen16(
          source,
          address,
          copy.length,
          stored.scale,
          stored.zero,
          stored.blank ?? NEVER_16,
          ceiling,
        );
      } else {
        const copy = new Int32Array(module.memory.buffer, address, lanes(target));
        if (!isHere(address)) copy.set(data);
        copy.fill(0, data.length);
        module.widen32(
          address,
          address,
          copy.length,
          stored.scale,
          stored.zero,
          stored.blank ?? NEVER_32,
          ceiling,
        );
      }
      return { image: target, missing: module.missing(), saturated: module.saturated() };
    },
    reuse(source) {
      top = addressOf(source);
    },
    scaleClip(source, factor, low, high) {
      module.scaleClip(addressOf(source), addressOf(source), lanes(source), factor, low, high);
    },
    warpCubic(source, { xx, xy, x0, yx, yy, y0 }, width, height, outside) {
      const result = image(width, height);
      const size = [addressOf(source), source.width, source.height, addressOf(result), width, height];
      module.warpCubic(...size, xx, xy, x0, yx, yy, y0, outside);
      return result;
    },
    warpHalved(source, { xx, xy, x0, yx, yy, y0 }, width, height, outside, { factor, low, high }) {
      const result = image(width / 2, height / 2);
      const strip = image(width, Math.min(height, STRIP_ROWS));
      const address = addressOf(strip);
      for (let y = 0; y < height; y += STRIP_ROWS) {
        const rows = Math.min(STRIP_ROWS, height - y);
        const size = [addressOf(source), source.width, source.height, address, width, rows];
        module.warpCubic(...size, xx, xy, x0 + xy * y, yx, yy, y0 + yy * y, outside);
        module.scaleClip(address, address, Math.ceil((width * rows) / 4) * 4, factor, low, high);
        module.halve(address, width, rows, addressOf(result) + (y / 2) * (width / 2) * 4);
      }
      top = address;
      return result;
    },
    halve(source) {
      const result = image(source.width / 2, source.height / 2);
      module.halve(addressOf(source), source.width, source.height, addressOf(result));
      return result;
    },
    log1pQuantise(source, ceiling) {
      const target = take(lanes(source) * 2);
      module.log1pQuantise(addressOf(source), target, lanes(source), TOP_STEP / Math.log1p(ceiling));
      return new Uint16Array(module.memory.buffer, target, source.data.length).slice();
    },
  };
}

/** Stand for "no integer is blank": one that 16 bits cannot hold, and the one that SDO's files use for nothing else. */
const NEVER_16 = 0x7fffffff;
const NEVER_32 = -2147483648;

/** Zeros behind the last pixel, so that what was there before is not counted. */
function clearTail(module: KernelModule, { data }: Image): void {
  const extra = (4 - (data.length % 4)) % 4;
  new Float32Array(module.memory.buffer, data.byteOffset + data.byteLength, extra).fill(0);
}

/** The same in TypeScript: the reference of the tests, and the fallback. */
export function plainKernels(): Kernels {
  const scaleClip: Kernels['scaleClip'] = ({ data }, factor, low, high) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.min(high, Math.max(low, data[i]! * factor));
  };
  return {
    kind: 'plain',
    begin() {},
    reuse() {},
    room: (bits, count) => (bits === 16 ? new Int16Array(count) : new Int32Array(count)),
    load({ width, height, data, scale, zero, blank }, ceiling) {
      const values = new Float32Array(data.length);
      let missing = 0;
      let saturated = 0;
      for (let i = 0; i < data.length; i++) {
        const value = data[i] === blank ? Number.NaN : data[i]! * scale + zero;
        values[i] = value;
        if (Number.isNaN(value)) missing++;
        else if (value >= ceiling) saturated++;
      }
      return { image: createImage(width, height, values), missing, saturated };
    },
    scaleClip,
    warpCubic,
    warpHalved(source, map, width, height, outside, { factor, low, high }) {
      const whole = warpCubic(source, map, width, height, outside);
      scaleClip(whole, factor, low, high);
      return boxHalve(whole);
    },
    halve: boxHalve,
    log1pQuantise({ data }, ceiling) {
      const scale = TOP_STEP / Math.log1p(ceiling);
      return Uint16Array.from(data, (value) => Math.min(TOP_STEP, Math.round(scale * Math.log1p(value))));
    },
  };
}
