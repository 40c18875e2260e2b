/**
 * Memory of values that were disposed of, by size. Weights and moments are new tensors after every step; without reuse
 * the garbage collector would see hundreds of megabytes a second.
 */
export class BufferPool {
  private readonly free = new Map<number, Float32Array[]>();

  take(length: number): Float32Array {
    return this.free.get(length)?.pop() ?? new Float32Array(length);
  }

  give(buffer: Float32Array): void {
    const list = this.free.get(buffer.length);
    if (list) list.push(buffer);
    else this.free.set(buffer.length, [buffer]);
  }
}
