/** Keywords as the database gives them: every value is text, QUALITY is hexadecimal, what is not there is MISSING. */
import type { HeaderCard } from '../../../fits/index.ts';
import type { Random } from '../../../numeric/random.ts';

export const MISSING = 'MISSING';
/** What a keyword of another series reads when the record that holds it is not to be found. */
export const BROKEN_LINK = 'Invalid KeyLink';

/** Keywords of the master pointing, which records reach by a link. */
const LINKED = /^(INST_ROT|IMSCL_MP|X0_MP|Y0_MP|SAT_ROT|ASD_REC)$/;
const TIMES = /^(DATE|DATE__OBS|T_OBS)$/;
const HEXADECIMAL = /^(QUALITY|QUALLEV0|QUALLEV1)$/;
/** What only a drawn frame tells. */
const STATISTICS = /^(DATA(MIN|MAX|MEDN|MEAN|RMS|SKEW|KURT|CENT|P\d\d)|NSATPIX)$/;
/** Shares of records with a broken link, and of times near a full minute that are written with a second of 60. */
const BROKEN_SHARE = 0.03;
const SIXTY_SHARE = 0.2;

export function needsDrawing(name: string): boolean {
  return name === '**ALL**' || STATISTICS.test(name.toUpperCase());
}

/** Names as DRMS writes them, in the header's order, with their values. Quirks are drawn from `random`. */
export function databaseKeywords(cards: readonly HeaderCard[], random: Random): Map<string, string> {
  const isBroken = random.fork('link').uniform() < BROKEN_SHARE;
  const hasSixty = random.fork('sixty').uniform() < SIXTY_SHARE;
  const keywords = new Map<string, string>();
  for (const { keyword, value, comment } of cards) {
    // A card without a value is commentary, or stands for a NaN.
    if (value === undefined && comment !== '= nan') continue;
    const name = keyword.replaceAll('-', '__');
    if (isBroken && LINKED.test(name)) keywords.set(name, BROKEN_LINK);
    else if (value === undefined || value === null || value === -2_147_483_648) keywords.set(name, MISSING);
    else if (HEXADECIMAL.test(name)) keywords.set(name, hexadecimal(Number(value)));
    else if (TIMES.test(name)) keywords.set(name, timeText(String(value), hasSixty));
    else keywords.set(name, typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value));
  }
  return keywords;
}

/** A record without an image has its prime keys and says why, no more. */
export function withoutImage(keywords: Map<string, string>): Map<string, string> {
  const kept = /^(T_REC|WAVELNTH|CAMERA|FSN|TELESCOP|INSTRUME|SIMULATD|SIMSEED|ORIGIN|TREC.*)$/;
  return new Map(
    [...keywords].map(([name, value]) => [
      name,
      name === 'QUALITY' ? '0x80000000' : kept.test(name) ? value : MISSING,
    ]),
  );
}

function hexadecimal(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, '0')}`;
}

/**
 * Times carry their system. The database rounds seconds without carrying: just after a full minute a time can read 60 of
 * the minute before.
 */
function timeText(text: string, hasSixty: boolean): string {
  if (text.endsWith('_TAI')) return text;
  const iso = text.endsWith('Z') ? text.slice(0, -1) : text;
  const seconds = iso.slice(17);
  if (!hasSixty || !seconds.startsWith('00')) return `${iso}Z`;
  const before = new Date(Date.parse(`${iso.slice(0, 17)}00Z`) - 60_000).toISOString();
  return `${before.slice(0, 17)}60${seconds.slice(2)}Z`;
}

/** Number by its text, hexadecimal too; NaN for other text. */
export function numberOf(text: string): number {
  return text === '' ? Number.NaN : Number(text);
}
