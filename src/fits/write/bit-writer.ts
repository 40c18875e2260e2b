/** Writing bits, most significant first. */
export class BitWriter {
  readonly view: DataView;
  /** Byte offset of the word that is being filled, that word, and how many of its low bits are free: 1 to 32. */
  at: number;
  word = 0;
  free = 32;

  constructor(view: DataView, start: number) {
    this.view = view;
    this.at = start;
  }

  /** The low `count` bits of `value`, 1 to 32; the bits above them must be zero. */
  put(value: number, count: number): void {
    const rest = count - this.free;
    if (rest < 0) {
      this.free = -rest;
      this.word |= value << this.free;
      return;
    }
    this.view.setInt32(this.at, this.word | (value >>> rest));
    this.at += 4;
    this.free = 32 - rest;
    this.word = rest === 0 ? 0 : value << this.free;
  }

  putZeros(count: number): void {
    let left = count;
    for (; left > 32; left -= 32) this.put(0, 32);
    if (left > 0) this.put(0, left);
  }

  /** Takes the state back from a loop that kept it in local variables. */
  moveTo(at: number, word: number, free: number): void {
    this.at = at;
    this.word = word;
    this.free = free;
  }

  /** Writes what is left of the last word; returns the byte offset behind the last bit. */
  finish(): number {
    this.view.setInt32(this.at, this.word);
    return this.at + Math.ceil((32 - this.free) / 8);
  }
}
