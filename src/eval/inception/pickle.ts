/**
 * Python's pickle as far as PyTorch's state dictionaries use it (protocol 2): dictionaries, lists, tuples, numbers, text
 * and tensors. Nothing in the file is ever called: a class is only a name, and what is built from it a record of that
 * name and its arguments.
 */
import { SunganError } from '../../core/errors.ts';

/** A class or function by its full name, with the arguments it would be called with. */
export interface PickledCall {
  readonly callee: string;
  readonly arguments: readonly Pickled[];
  /** What was put in afterwards, for dictionaries by another name. */
  readonly entries: Map<Pickled, Pickled>;
}

/** An object that the pickle leaves to its surroundings: for PyTorch, a storage. */
export interface PersistentId {
  readonly persistent: readonly Pickled[];
}

export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Pickled[]
  | Map<Pickled, Pickled>
  | { readonly global: string }
  | PickledCall
  | PersistentId;

export function isCall(value: Pickled): value is PickledCall {
  return value !== null && typeof value === 'object' && 'callee' in value;
}

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

/** The object that starts at `offset`, and where the bytes after it begin. */
export function readPickle(
  bytes: Uint8Array,
  offset: number,
  where: string,
): { value: Pickled; end: number } {
  const reader = new PickleReader(bytes, offset, where);
  return { value: reader.run(), end: reader.at };
}

class PickleReader {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly where: string;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, Slot>();

  constructor(bytes: Uint8Array, offset: number, where: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = offset;
    this.where = where;
  }

  run(): Pickled {
    try {
      for (;;) {
        const code = String.fromCharCode(this.view.getUint8(this.at++));
        if (code === '.') return this.pop();
        const operation = OPERATIONS[code];
        if (!operation) throw this.fail(`operation ${JSON.stringify(code)} is not known here`);
        operation(this);
      }
    } catch (error) {
      throw error instanceof RangeError ? this.fail('it ends too early') : error;
    }
  }

  fail(reason: string): SunganError {
    return new SunganError('format', `not a readable pickle, byte ${this.at}: ${reason}`, {
      where: this.where,
      remedy: 'fetch the file anew',
    });
  }

  number(length: 1 | 2 | 4): number {
    const at = this.at;
    this.at += length;
    return length === 1
      ? this.view.getUint8(at)
      : length === 2
        ? this.view.getUint16(at, true)
        : this.view.getInt32(at, true);
  }

  double(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, false);
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.bytes.length) throw this.fail('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw this.fail('it ends too early');
    const text = new TextDecoder().decode(this.take(end - this.at));
    this.at++;
    return text;
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  push(value: Slot): void {
    this.stack.push(value);
  }

  pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw this.fail('its stack is empty');
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** Everything above the last mark, which is taken off too. */
  popMarked(): Pickled[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.fail('a mark is missing');
    const items = this.stack.splice(mark + 1) as Pickled[];
    this.stack.pop();
    return items;
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.fail(`entry ${index} of its memo is missing`);
    this.push(value);
  }

  setItems(items: readonly Pickled[]): void {
    const target = this.top();
    const map = target instanceof Map ? target : isCall(target) ? target.entries : undefined;
    if (!map) throw this.fail('items are set on something that has none');
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  append(items: readonly Pickled[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw this.fail('items are appended to something that is no list');
    target.push(...items);
  }

  call(): void {
    const given = this.pop();
    const callee = this.pop();
    if (!Array.isArray(given) || callee === null || typeof callee !== 'object' || !('global' in callee)) {
      throw this.fail('a call of something that is no class');
    }
    this.push({ callee: callee.global, arguments: given, entries: new Map() });
  }

  long(): void {
    const bytes = this.take(this.number(1));
    let value = 0n;
    bytes.forEach((byte, i) => {
      value |= BigInt(byte) << BigInt(8 * i);
    });
    this.push(BigInt.asIntN(8 * bytes.length, value));
  }
}

type Operation = (reader: PickleReader) => void;

const tuple =
  (length: number): Operation =>
  (r) => {
    const items = Array.from({ length }, () => r.pop());
    r.push(items.reverse());
  };

/** By the character of the code, as Python's pickletools lists them. */
const OPERATIONS: Record<string, Operation> = {
  '\x80': (r) => void r.number(1),
  '(': (r) => r.push(MARK),
  '}': (r) => r.push(new Map()),
  ']': (r) => r.push([]),
  ')': (r) => r.push([]),
  t: (r) => r.push(r.popMarked()),
  '\x85': tuple(1),
  '\x86': tuple(2),
  '\x87': tuple(3),
  N: (r) => r.push(null),
  '\x88': (r) => r.push(true),
  '\x89': (r) => r.push(false),
  K: (r) => r.push(r.number(1)),
  M: (r) => r.push(r.number(2)),
  J: (r) => r.push(r.number(4)),
  G: (r) => r.push(r.double()),
  '\x8a': (r) => r.long(),
  X: (r) => r.push(r.text(r.number(4))),
  U: (r) => r.push(r.text(r.number(1))),
  q: (r) => r.remember(r.number(1)),
  r: (r) => r.remember(r.number(4)),
  h: (r) => r.recall(r.number(1)),
  j: (r) => r.recall(r.number(4)),
  c: (r) => r.push({ global: `${r.line()}.${r.line()}` }),
  R: (r) => r.call(),
  '\x81': (r) => r.call(),
  Q: (r) => r.push({ persistent: r.pop() as readonly Pickled[] }),
  s: (r) => {
    const value = r.pop();
    r.setItems([r.pop(), value]);
  },
  u: (r) => r.setItems(r.popMarked()),
  a: (r) => r.append([r.pop()]),
  e: (r) => r.append(r.popMarked()),
  // State of an object (the _metadata of a state dictionary): nothing that is needed.
  b: (r) => void r.pop(),
};
