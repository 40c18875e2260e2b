/** Words inside a PNG file (iTXt chunks, PNG specification 3rd edition, 11.3.3.4): what a picture is, and what made it. */
import { crc32 } from 'node:zlib';
import { VERSION } from './version.ts';

/** Signature (8 bytes) and the IHDR chunk (25), which every PNG begins with; text may follow at once. */
const HEAD_BYTES = 33;

export const SOFTWARE = `sungan ${VERSION}`;

/** `png` with the keyword -> words of `text` in it. Keywords are Latin-1, words UTF-8. */
export function withPngText(png: Uint8Array, text: Readonly<Record<string, string>>): Uint8Array {
  const chunks = Object.entries(text).map(([keyword, words]) => textChunk(keyword, words));
  return Buffer.concat([png.subarray(0, HEAD_BYTES), ...chunks, png.subarray(HEAD_BYTES)]);
}

/** Words for a picture of frames that a telescope, or the simulator, delivered. */
export function frameWords(simulated: boolean, description: string): Record<string, string> {
  const origin = simulated
    ? 'SIMULATED: not an observation of the Sun.'
    : 'Courtesy of NASA/SDO and the AIA, EVE, and HMI science teams.';
  return {
    Software: SOFTWARE,
    Title: simulated ? 'SIMULATED' : 'OBSERVED',
    Description: `${description} ${origin}`,
  };
}

/** One chunk: length, type, content, CRC. */
export function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function textChunk(keyword: string, words: string): Uint8Array {
  return pngChunk(
    'iTXt',
    Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.alloc(5), Buffer.from(words, 'utf8')]),
  );
}
