/**
 * Memory that a socket's bytes are read into, used again and again. Without it Node allocates 64 KiB for every piece that
 * comes, which costs time, and memory until the next collection (`bench/RESULTS.md`, Ingest).
 */
import type { OnReadOpts, Socket } from 'node:net';

const BUFFER_BYTES = 256 << 10;

/**
 * For `onread` of one socket. Whoever reads from it must be done with a piece, or have copied it, when he takes the next
 * one. Small pieces are copies: a parser of HTTP refers to the pieces of a header until it is whole.
 */
export function createSocketMemory(): OnReadOpts {
  let current: Uint8Array = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** Free whenever nothing unread lies in the socket. */
  let other: Uint8Array = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let isCopied = false;
  let hasUnread = false;
  return {
    /** Asked for once at first, then after every piece: where the next one goes. */
    buffer() {
      if (isCopied) return current;
      const next = hasUnread ? Buffer.allocUnsafeSlow(BUFFER_BYTES) : other;
      other = current;
      current = next;
      return current;
    },
    callback(this: Socket, length: number, buffer: Uint8Array) {
      hasUnread = this.readableLength > 0;
      isCopied = length < BUFFER_BYTES / 4;
      const piece = buffer.subarray(0, length);
      return this.push(isCopied ? Buffer.from(piece) : piece);
    },
  };
}
