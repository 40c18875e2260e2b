/**
 * Is this the frame that was asked for? Nothing gets its final name before this has answered. Quality is not judged
 * here: a frame of a dark or eclipsed Sun is stored with its QUALITY, and curation decides.
 */
import type { HeaderRecord, SlotKey } from '../catalog/index.ts';
import { isSunganError } from '../core/errors.ts';
import { firstImage, type ImageHdu, readFits, readImage, wrongSum } from '../fits/index.ts';
import { factsOfHeader, type HeaderFacts, hmiKind } from './facts.ts';
import { type Problem, problem } from './http/problem.ts';

export interface InspectedFrame extends HeaderFacts {
  width: number;
  height: number;
}

export type Inspection =
  | { ok: true; frame: InspectedFrame }
  | { ok: false; problem: Problem; frame?: HeaderFacts };

/** Rows decoded at both ends: enough to see that tiles can be unpacked, cheap enough for every file. */
const ROWS_LOOKED_AT = 2;

/** The first bytes of a body: FITS, gzip, or why not. Undefined when they may be a frame. */
export function checkStart(bytes: Uint8Array, contentType: string | undefined): Problem | undefined {
  const text = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (text.startsWith('SIMPLE  =') || (bytes[0] === 0x1f && bytes[1] === 0x8b)) return undefined;
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(text) || contentType?.startsWith('text/html')) {
    return problem('corrupt', 'HTML page instead of FITS', titleOf(text));
  }
  return problem('corrupt', 'not a FITS file', `begins with ${JSON.stringify(text.slice(0, 16))}`);
}

function titleOf(page: string): string {
  return /<title>\s*([^<]{1,80})/i.exec(page)?.[1]?.trim() ?? '';
}

const BLOCK_BYTES = 2880;

/**
 * Opens a whole file: structure, header, checksum, first and last tiles. `keywords` by an archive's database go before the
 * file's own, which may have none. `isDownload`: a file that ends inside its last block of 2880 bytes was cut off; of
 * one that a user gives, only the pixels must be there.
 */
export function inspectFrame(
  bytes: Uint8Array,
  fileName: string,
  keywords?: HeaderRecord,
  isDownload = false,
): Inspection {
  const start = checkStart(bytes, undefined);
  if (start) return { ok: false, problem: start };
  let facts: HeaderFacts | undefined;
  try {
    const image = firstImage(readFits(bytes, { file: fileName }));
    const own = image.header.toRecord();
    facts = factsOfHeader({ ...own, ...keywords }, fileName);
    const other = otherKind(own, facts) ?? (keywords && contradiction(factsOfHeader(own, fileName), facts));
    if (other) return { ok: false, problem: other, frame: facts };
    if (image.availableBytes < image.dataBytes) {
      const detail = `${image.availableBytes} of ${image.dataBytes} bytes of pixels`;
      return { ok: false, problem: problem('corrupt', 'truncated', detail), frame: facts };
    }
    const { length } = image.source.bytes;
    if (isDownload && length % BLOCK_BYTES !== 0) {
      const detail = `${length} bytes end inside a block of ${BLOCK_BYTES}`;
      return { ok: false, problem: problem('corrupt', 'truncated', detail), frame: facts };
    }
    // JSOC writes both sums into every file; CHECKSUM covers the header too. Without the cards there is nothing to compare.
    const wrong = wrongSum(image);
    if (wrong) return { ok: false, problem: problem('corrupt', 'damaged', wrong.message), frame: facts };
    decodeEnds(image);
    return { ok: true, frame: { ...facts, width: image.width, height: image.height } };
  } catch (error) {
    if (!isSunganError(error)) throw error;
    const kind = /the end of the file/.test(error.message) ? 'truncated' : 'unreadable FITS';
    return {
      ok: false,
      problem: problem('corrupt', kind, error.message),
      ...(facts ? { frame: facts } : {}),
    };
  }
}

/** A magnetogram under the name of the continuum, or the other way round: their times and headers agree else. */
function otherKind(own: HeaderRecord, { product }: HeaderFacts): Problem | undefined {
  const wanted = /^hmi\.(M|Ic)_/.exec(product ?? '')?.[1];
  const found = hmiKind(own);
  return wanted === undefined || found === undefined || found === wanted
    ? undefined
    : problem('corrupt', 'wrong content', `${product} should be of kind ${wanted}, the header says ${found}`);
}

/** T_OBS of a file and of the database agree but for rounding. */
const SAME_TIME_MS = 2000;

/** A file that says of itself what the database does not say of it is another one under its address. */
function contradiction(own: HeaderFacts, stated: HeaderFacts): Problem | undefined {
  if ('WAVELNTH' in own.header && own.product !== undefined && own.wavelength !== stated.wavelength)
    return problem(
      'corrupt',
      'wrong wavelength',
      `${own.wavelength} Å, the database says ${stated.wavelength} Å`,
    );
  if (own.tObs === null || stated.tObs === null) return undefined;
  const isSame = Math.abs(Date.parse(own.tObs) - Date.parse(stated.tObs)) <= SAME_TIME_MS;
  return isSame
    ? undefined
    : problem('corrupt', 'wrong time', `T_OBS ${own.tObs}, the database says ${stated.tObs}`);
}

function decodeEnds(image: ImageHdu): void {
  const rows = Math.min(ROWS_LOOKED_AT, image.height);
  readImage(image, { rows: [0, rows] });
  readImage(image, { rows: [image.height - rows, image.height] });
}

/** What speaks against `frame` being the frame of `key` that the archive lists under `time`. */
export function mismatchWith(
  frame: HeaderFacts,
  key: Pick<SlotKey, 'slot' | 'wavelength'>,
  time: string,
  toleranceMs: number,
): Problem | undefined {
  if (frame.product === undefined) {
    return problem(
      'corrupt',
      'not an SDO frame',
      `TELESCOP is ${JSON.stringify(frame.header['TELESCOP'] ?? null)}`,
    );
  }
  if (frame.wavelength !== key.wavelength) {
    return problem(
      'corrupt',
      'wrong wavelength',
      `the slot is for ${key.wavelength} Å, the header says WAVELNTH ${frame.wavelength} Å`,
    );
  }
  if (frame.tObs === null)
    return problem('corrupt', 'no time in the header', 'neither T_OBS nor DATE-OBS can be read');
  const offMs = Math.abs(Date.parse(frame.tObs) - Date.parse(time));
  if (offMs > toleranceMs)
    return problem('corrupt', 'wrong time', `the slot is ${key.slot}, the header says T_OBS ${frame.tObs}`);
  return undefined;
}
