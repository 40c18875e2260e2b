/** One member of a tar archive (POSIX ustar): headers of 512 bytes with the name and the size in octal. */
import { SunganError } from '../../core/errors.ts';

const BLOCK = 512;

/** The bytes of the member whose path ends in `name`; undefined when there is none. */
export function tarMember(archive: Uint8Array, name: string, where: string): Uint8Array | undefined {
  const text = (at: number, length: number) => {
    const bytes = archive.subarray(at, at + length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    const begin = at + BLOCK;
    if (!(size >= 0 && begin + size <= archive.length)) {
      throw new SunganError('format', `damaged tar archive at byte ${at}`, {
        where,
        remedy: 'delete it and fetch it anew',
      });
    }
    const path = text(at, 100);
    if (path === name || path.endsWith(`/${name}`)) return archive.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
