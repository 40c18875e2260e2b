/** Reading bits, most significant first. A read beyond the end throws `BitsExhausted`. */
export class BitsExhausted extends Error {}

export class BitReader {
  readonly #bytes: Uint8Array;
  #bit: number;

  /** Begins at byte `start`. */
  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#bit = start * 8;
  }

  /** The next bit, 0 or 1. */
  bit(): number {
    const at = this.#bit++;
    const byte = this.#bytes[at >>> 3];
    if (byte === undefined) throw new BitsExhausted();
    return (byte >>> (7 - (at & 7))) & 1;
  }

  /** The next 1 to 8 bits. */
  bits(count: number): number {
    const at = this.#bit;
    const byte = at >>> 3;
    this.#bit = at + count;
    if (this.#bit > this.#bytes.length * 8) throw new BitsExhausted();
    const pair = (this.#bytes[byte]! << 8) | (this.#bytes[byte + 1] ?? 0);
    return (pair >>> (16 - (at & 7) - count)) & ((1 << count) - 1);
  }

  /** Skips to the next whole byte. */
  align(): void {
    this.#bit = (this.#bit + 7) & ~7;
  }
}
