/** Tar members in the ustar format (POSIX.1-1988), with fixed times and owners. */

const BLOCK = 512;

/** Header, content and padding of a plain file; names have at most 100 bytes. */
export function tarMember(name: string, content: Uint8Array): Uint8Array {
  const padded = Math.ceil(content.length / BLOCK) * BLOCK;
  const member = new Uint8Array(BLOCK + padded);
  const write = (text: string, at: number) => member.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  write(name, 0);
  write(octal(0o644, 7), 100);
  write(octal(0, 7), 108);
  write(octal(0, 7), 116);
  write(octal(content.length, 11), 124);
  write(octal(0, 11), 136);
  // The checksum is taken with blanks in its own place.
  write('        ', 148);
  write('0', 156);
  write('ustar\u000000', 257);
  const sum = member.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  member.set(content, BLOCK);
  return member;
}

export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}
