/**
 * PLIO_1: IRAF's line lists for masks (FITS 4.0 section 10.4.3). A list of 16-bit words: a head with the list's length,
 * then instructions of 4 bits with 12 bits of data, which draw runs of zeros or of the current value.
 */
import { FitsError, type FitsPlace } from '../errors.ts';

/** The instruction words, after either of the two heads that are in use; a length that cannot be is refused. */
function instructionRange(words: DataView, count: number, place: FitsPlace): { first: number; end: number } {
  const word = (i: number) => words.getInt16(2 * i);
  if (count >= 3 && word(2) > 0) return checkRange(3, word(2), count, place);
  if (count < 5) throw corrupt(place, 'a head of at least 5 words', `${count} words`);
  return checkRange(word(1), (word(4) << 15) + word(3), count, place);
}

function checkRange(first: number, end: number, count: number, place: FitsPlace) {
  if (first >= 3 && first <= end && end <= count) return { first, end };
  throw corrupt(place, `instructions within ${count} words`, `words ${first} to ${end}`);
}

/** Pixels behind the last instruction are zero. `offset` is added to every pixel. */
export function decodePlio(bytes: Uint8Array, pixels: number, offset: number, place: FitsPlace): Int32Array {
  const out = drawLines(bytes, pixels, place);
  if (offset !== 0) for (let i = 0; i < pixels; i++) out[i]! += offset;
  return out;
}

function drawLines(bytes: Uint8Array, pixels: number, place: FitsPlace): Int32Array {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { first, end } = instructionRange(words, bytes.length >>> 1, place);
  const out = new Int32Array(pixels);
  let value = 1;
  let at = 0;
  for (let i = first; i < end; i++) {
    const word = words.getUint16(2 * i);
    const data = word & 0xfff;
    const drawn = at;
    switch (word >>> 12) {
      case 0: // zeros
        at += data;
        break;
      case 1: // set the value: the next word has its high bits
        if (++i >= end) throw corrupt(place, 'the high bits of a value', 'the end of the list');
        value = (words.getUint16(2 * i) << 12) | data;
        break;
      case 2: // raise it
        value += data;
        break;
      case 3: // lower it
        value -= data;
        break;
      case 4: // a run of the value
        at += data;
        if (at <= pixels) out.fill(value, drawn, at);
        break;
      case 5: // zeros, then the value once
        at += data;
        if (data > 0 && at <= pixels) out[at - 1] = value;
        break;
      case 6: // raise the value and draw it once
        value += data;
        out[at++] = value;
        break;
      case 7: // lower it and draw it once
        value -= data;
        out[at++] = value;
        break;
      default:
        throw corrupt(place, 'an instruction from 0 to 7', String(word >>> 12));
    }
    if (at > pixels) throw corrupt(place, `${pixels} pixels`, 'more');
  }
  return out;
}

function corrupt(place: FitsPlace, expected: string, found: string): FitsError {
  return new FitsError('corrupt PLIO data', { ...place, expected, found, remedy: 'fetch the file again' });
}
