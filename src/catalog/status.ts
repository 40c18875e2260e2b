/** What the catalog tells of an ingest that was left alone: how much is there, how the last runs went, what is missing. */
import { statSync } from 'node:fs';
import { SunganError } from '../core/errors.ts';
import type { Workspace } from '../core/workspace.ts';
import type { Catalog } from './catalog.ts';
import { type EventFinder, eventFinder } from './known-events.ts';
import { readCatalog } from './read-catalog.ts';
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
    const finders = new Map<string, EventFinder>();
    const gaps = catalog.gaps(filter).map((gap): ExplainedGap => {
      const { product, firstSlot, lastSlot } = gap;
      const finder = finders.get(product) ?? eventFinder(catalog, { product, ...ALL_TIMES });
      finders.set(product, finder);
      return { ...gap, events: finder(firstSlot, lastSlot).slice(0, MOST_EVENTS) };
    });
    return gaps.sort((a, b) => b.frames - a.frames);
  });
}

const ALL_TIMES = { from: '2000-01-01', to: '2100-01-01' };

/** A list that long is the history of the mission, not an explanation. */
const MOST_EVENTS = 5;

function withCatalog<Result>(workspace: Workspace, look: (catalog: Catalog) => Result): Result | undefined {
  return isThere(workspace.catalog) ? readCatalog(workspace.catalog, look) : undefined;
}

/** A place that cannot be looked into is no empty one. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new SunganError('io', `cannot look for the catalog: ${(cause as Error).message}`, {
      where: path,
      remedy: 'check the permissions of the folder, or give another --workspace',
      cause,
    });
  }
}
