/** What the catalog tells of an ingest that was left alone: how much is there, how the last runs went, what is missing. */
import { existsSync } from 'node:fs';
import type { Workspace } from '../core/workspace.ts';
import { type Catalog, openCatalog } from './catalog.ts';
import type { FrameFilter, FrameState, Gap, KnownEvent, Run } from './types.ts';

/** One channel of one product. */
export interface ChannelStatus {
  source: string;
  product: string;
  wavelength: number;
  stored: number;
  bytes: number;
  /** Slots that are not stored, by state. */
  missing: Partial<Record<FrameState, number>>;
  /** First and last slot that are stored; null when none is. */
  firstStored: string | null;
  lastStored: string | null;
}

export interface Status {
  channels: ChannelStatus[];
  /** Newest first. */
  runs: Run[];
}

/** undefined when the workspace has no catalog yet. */
export function readStatus(workspace: Workspace, runs: number): Status | undefined {
  return withCatalog(workspace, (catalog) => {
    const channels = new Map<string, ChannelStatus>();
    for (const { source, product, wavelength, state, frames, bytes } of catalog.countFrames()) {
      const name = `${source}\n${product}\n${wavelength}`;
      const fresh = {
        source,
        product,
        wavelength,
        stored: 0,
        bytes: 0,
        missing: {},
        firstStored: null,
        lastStored: null,
      };
      const channel: ChannelStatus = channels.get(name) ?? fresh;
      channels.set(name, channel);
      if (state === 'stored') {
        const { first, last } = catalog.storedRange(source, product, wavelength);
        Object.assign(channel, { stored: frames, bytes, firstStored: first, lastStored: last });
      } else channel.missing[state] = frames;
    }
    return { channels: [...channels.values()], runs: catalog.runs(runs) };
  });
}

export interface ExplainedGap extends Gap {
  /** Events of the lists in the catalog (eclipses, manoeuvres) that overlap it. */
  events: KnownEvent[];
}

/** Longest gaps first. undefined when the workspace has no catalog yet. */
export function readGaps(workspace: Workspace, filter: FrameFilter): ExplainedGap[] | undefined {
  return withCatalog(workspace, (catalog) => {
    const gaps = catalog.gaps(filter).map((gap) => ({ ...gap, events: eventsOf(gap, catalog) }));
    return gaps.sort((a, b) => b.frames - a.frames);
  });
}

/** How far from a slot an event still explains it: slots are nominal, exposures lie some seconds away. */
const MARGIN_MS = 60_000;

/** A list that long is the history of the mission, not an explanation. */
const MOST_EVENTS = 5;

function eventsOf({ firstSlot, lastSlot, product }: Gap, catalog: Catalog): KnownEvent[] {
  const from = new Date(Date.parse(firstSlot) - MARGIN_MS).toISOString();
  const to = new Date(Date.parse(lastSlot) + MARGIN_MS).toISOString();
  const other = product.startsWith('hmi.') ? 'AIA' : 'HMI';
  return catalog
    .events(from, to)
    .filter((event) => event.instrument !== other)
    .slice(0, MOST_EVENTS);
}

function withCatalog<Result>(workspace: Workspace, look: (catalog: Catalog) => Result): Result | undefined {
  if (!existsSync(workspace.catalog)) return undefined;
  const catalog = openCatalog(workspace.catalog);
  try {
    return look(catalog);
  } finally {
    catalog.close();
  }
}
