/** Small makers of header cards, in the number formats that JSOC's files show. */
import { card } from '../../fits/index.ts';

export type Card = ReturnType<typeof card>;

/** A number rounded to `digits` decimals, as headers carry it. */
export function rounded(keyword: string, value: number, digits: number): Card {
  // Adding 0 turns -0 into 0, which headers would show as -0.0.
  return card(keyword, Number(value.toFixed(digits)) + 0);
}

/**
 * JSOC writes `KEYWORD = nan`, which FITS does not allow; readers must survive it, so simulated files have it too. A card
 * without a value is written as its text stands, which lets the bare word through.
 */
export function bareNan(keyword: string): Card {
  return card(keyword, undefined, '= nan');
}

/** QUALITY and its like are signed 32-bit words in headers. */
export function signedWord(keyword: string, unsigned: number): Card {
  return card(keyword, unsigned | 0);
}

/** `2017-01-03T23:00:05.84` */
export function centiseconds(time: Date): string {
  const text = new Date(Math.round(time.getTime() / 10) * 10).toISOString();
  return text.slice(0, 22);
}

/** `2017-01-03T23:00:06Z` */
export function wholeSeconds(time: Date): string {
  return `${new Date(Math.round(time.getTime() / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Says in three places that no telescope made this. */
export function simulatedCards(seed: number | string): Card[] {
  return [
    card('SIMULATD', true, 'made by a program, not observed'),
    card('SIMSEED', String(seed), 'seed of the synthetic Sun'),
    card('COMMENT', undefined, 'SIMULATED frame: no observation. Not for science about the Sun.'),
    card('HISTORY', undefined, 'SIMULATED by sungan simulate; keywords imitate those of SDO files.'),
  ];
}

export const SIMULATED_ORIGIN = 'SUNGAN SIMULATOR';
