/**
 * The loops over every pixel of a large frame: SIMD WebAssembly where build/kernels.wasm can be loaded, the same in plain
 * TypeScript elsewhere. Both give the same pictures within 1e-6 of the value for counts, scaling and means, within one
 * 16-bit step for the logarithm, and within 1/4096 pixel of position for the resample (its weights are tabulated).
 *
 * Images that these functions return lie in the kernels' own memory: they are valid until the next `begin`.
 */
import { readFileSync } from 'node:fs';
import { createImage, type Image } from './image.ts';
import { boxHalve } from './resample.ts';
import { type Affine, warpCubic } from './warp.ts';

export interface Kernels {
  readonly kind: 'simd' | 'plain';
  /** Forgets all images and makes room for `pixels` new ones' pixels altogether. */
  begin(pixels: number): void;
  /** A copy of the image where the other functions can take it from. */
  load(image: Image): Image;
  /** Pixels without a value, and pixels of at least `ceiling`. */
  count(image: Image, ceiling: number): { missing: number; saturated: number };
  /** clip(image * factor, low, high), in place. */
  scaleClip(image: Image, factor: number, low: number, high: number): void;
  /** Cubic convolution through an affine map (see warp.ts). */
  warpCubic(image: Image, map: Affine, width: number, height: number, outside: number): Image;
  /** Means of 2x2 blocks of an image without missing pixels. */
  halve(image: Image): Image;
  /** round(65535 ln(1 + x) / ln(1 + ceiling)) of values in [0, ceiling]; a new array. */
  log1pQuantise(image: Image, ceiling: number): Uint16Array;
}

const TOP_STEP = 65535;

/** SIMD where the built module is there; `plain` where it is not (a checkout that was not built). */
export function loadKernels(): Kernels {
  return simdKernels() ?? plainKernels();
}

/** What this file uses of WebAssembly; the compiler's own types of it come only with those of a browser. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

interface KernelModule {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  initWeights(): void;
  countMissing(source: number, count: number, ceiling: number): number;
  saturated(): number;
  scaleClip(source: number, target: number, count: number, factor: number, low: number, high: number): void;
  halve(source: number, width: number, height: number, target: number): void;
  warpCubic(...args: number[]): void;
  log1pQuantise(source: number, target: number, count: number, scale: number): void;
}

const PAGE_BYTES = 65_536;
/** SIMD loads 16 bytes; every image begins at such an address and may be read to the next one. */
const ALIGNMENT = 16;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

function compiledModule(): KernelModule | undefined {
  try {
    const bytes = readFileSync(new URL('../../build/kernels.wasm', import.meta.url));
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
    return new Instance(new Module(bytes), { env: { abort: () => {} } }).exports as KernelModule;
  } catch {
    return undefined;
  }
}

/** Undefined where the built module cannot be loaded. */
export function simdKernels(): Kernels | undefined {
  const module = compiledModule();
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
      const bytes = base + pixels * 4 + PAGE_BYTES;
      const pages = Math.ceil((bytes - module.memory.buffer.byteLength) / PAGE_BYTES);
      if (pages > 0) module.memory.grow(pages);
    },
    load(source) {
      const copy = image(source.width, source.height);
      copy.data.set(source.data);
      return copy;
    },
    count(source, ceiling) {
      clearTail(module, source);
      const missing = module.countMissing(addressOf(source), lanes(source), ceiling);
      return { missing, saturated: module.saturated() };
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

/** Zeros behind the last pixel, so that what was there before is not counted. */
function clearTail(module: KernelModule, { data }: Image): void {
  const extra = (4 - (data.length % 4)) % 4;
  new Float32Array(module.memory.buffer, data.byteOffset + data.byteLength, extra).fill(0);
}

/** The same in TypeScript: the reference of the tests, and the fallback. */
export function plainKernels(): Kernels {
  return {
    kind: 'plain',
    begin() {},
    load: ({ width, height, data }) => createImage(width, height, data.slice()),
    count({ data }, ceiling) {
      let missing = 0;
      let saturated = 0;
      for (const value of data) {
        if (Number.isNaN(value)) missing++;
        else if (value >= ceiling) saturated++;
      }
      return { missing, saturated };
    },
    scaleClip({ data }, factor, low, high) {
      for (let i = 0; i < data.length; i++) data[i] = Math.min(high, Math.max(low, data[i]! * factor));
    },
    warpCubic,
    halve: boxHalve,
    log1pQuantise({ data }, ceiling) {
      const scale = TOP_STEP / Math.log1p(ceiling);
      return Uint16Array.from(data, (value) => Math.min(TOP_STEP, Math.round(scale * Math.log1p(value))));
    },
  };
}
