/** An absent slot in the time of a known event is absent for a cause: state `explained`, and no alarm. */
import {
  type Catalog,
  type EventFinder,
  eventFinder,
  type Frame,
  type KnownEvent,
} from '../catalog/index.ts';
import { type Problem, problem } from './http/problem.ts';

/** The events around `rows`, which are of one product. */
export function eventsOf(catalog: Catalog, rows: readonly Frame[]): EventFinder {
  if (rows.length === 0) return () => [];
  const slots = rows.map(({ slot }) => slot).sort();
  return eventFinder(catalog, { product: rows[0]!.product, from: slots[0]!, to: slots.at(-1)! });
}

/** `found`, or what explains it. */
export function explained(found: Problem, slot: string, events: EventFinder): Problem {
  const event = found.state === 'absent' ? events(slot, slot)[0] : undefined;
  return event ? problem('explained', 'known event', because(found.reason, event)) : found;
}

/** For slots that were found absent before the list of events was fetched. */
export function explainAbsent(catalog: Catalog, rows: readonly Frame[], events: EventFinder): Frame[] {
  return catalog.transaction(() =>
    rows.map((row) => {
      const event = row.state === 'absent' ? events(row.slot, row.slot)[0] : undefined;
      if (!event) return row;
      catalog.setState(row.id, 'explained', `known event: ${because(row.reason ?? 'absent', event)}`);
      return catalog.frame(row.id)!;
    }),
  );
}

function because(reason: string, { source, comment, start }: KnownEvent): string {
  return `${comment || 'event'} (${source}, ${start.slice(0, 16)}Z); ${reason}`;
}
