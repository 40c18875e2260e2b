/** Which of the known events (eclipses, manoeuvres, calibrations) may be why slots have no frame. */
import type { Catalog } from './catalog.ts';
import type { KnownEvent } from './types.ts';

/** Slots are nominal, exposures lie some seconds away. */
const MARGIN_MS = 60_000;

/** Events of the lists that overlap the slots `first` .. `last`, by start. */
export type EventFinder = (first: string, last: string) => KnownEvent[];

/**
 * Reads the events of a range once, for many questions about the slots of one product in it. Events that speak of
 * another instrument are left out; one without an end counts at its start only.
 */
export function eventFinder(
  catalog: Catalog,
  { product, from, to }: { product: string; from: string; to: string },
): EventFinder {
  const own = product.startsWith('hmi.') ? 'HMI' : 'AIA';
  const isOther = (instrument: string) => /AIA|HMI|EVE/.test(instrument) && !instrument.includes(own);
  const events = catalog
    .events(
      new Date(Date.parse(from) - MARGIN_MS).toISOString(),
      new Date(Date.parse(to) + MARGIN_MS).toISOString(),
    )
    .filter(({ instrument }) => !isOther(instrument.toUpperCase()));
  const starts = Float64Array.from(events, ({ start }) => Date.parse(start) - MARGIN_MS);
  const ends = Float64Array.from(events, ({ start, end }) => Date.parse(end ?? start) + MARGIN_MS);
  // The latest end of an event and all before it: nothing further back can reach a time beyond it.
  const reach = ends.slice();
  for (let i = 1; i < reach.length; i++) reach[i] = Math.max(reach[i]!, reach[i - 1]!);
  return (first, last) => {
    const begin = Date.parse(first);
    const found: KnownEvent[] = [];
    for (let i = countUpTo(starts, Date.parse(last)) - 1; i >= 0 && reach[i]! >= begin; i--) {
      if (ends[i]! >= begin) found.push(events[i]!);
    }
    return found.reverse();
  };
}

/** How many of the ascending `values` are at most `limit`. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
