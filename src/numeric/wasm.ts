/** The compiled loops of kernels/, for those who lay out their memory: each caller has an instance of its own. */
import { readFileSync } from 'node:fs';

/** What is used of WebAssembly; the compiler's own types of it come only with those of a browser. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

export interface WasmMemory {
  /** Another one after each growth. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE_BYTES = 65_536;

/** What kernels/ exports; undefined where build/kernels.wasm cannot be loaded, which is slow and which `doctor` tells. */
export function instantiateKernels<T>(): T | undefined {
  try {
    const bytes = readFileSync(new URL('../../build/kernels.wasm', import.meta.url));
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
    return new Instance(new Module(bytes), { env: { abort: () => {} } }).exports as T;
  } catch {
    return undefined;
  }
}

/** Makes a memory at least so long. */
export function growTo(memory: WasmMemory, bytes: number): void {
  const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (pages > 0) memory.grow(pages);
}
