/** Disk levels of the accepted frames, by channel: what the next frame is compared with. */
import type { Catalog, RuleScore } from '../catalog/index.ts';
import { parseTime } from '../core/time.ts';
import { belongsTo, channelOf } from './channels.ts';
import type { EncodeResult } from './encode.ts';
import { LevelHistory, type TimedLevel } from './level-history.ts';
import { Neighbours } from './neighbours.ts';
import type { Choice } from './samples.ts';
import type { DatasetState } from './store.ts';

export class Histories {
  private readonly byChannel: ReadonlyMap<string, LevelHistory>;

  constructor(levels: ReadonlyMap<string, readonly TimedLevel[]>) {
    this.byChannel = new Map([...levels].map(([name, known]) => [name, new LevelHistory(known)]));
  }

  of(channel: string): LevelHistory {
    return this.byChannel.get(channel)!;
  }

  /** Notes an accepted choice. */
  add({ members }: Choice, { members: results }: EncodeResult): void {
    members.forEach(({ channel, timeMs }, i) => {
      const result = results[i]!;
      const value =
        'measurements' in result
          ? result.measurements.diskMedian
          : 'stored' in result
            ? medianIn(result.stored)
            : null;
      if (value !== null) this.of(channel.name).add({ timeMs, value });
    });
  }
}

/** From the scores that earlier runs left in the catalog. */
export function readHistories(
  catalog: Catalog,
  directory: string,
  { manifest, coordinates }: DatasetState,
): { histories: Histories; neighbours: Neighbours } {
  const { name, recipe } = manifest;
  const hashes = new Map<number, number>();
  const held = new Set(coordinates.map(({ frameId }) => frameId));
  const channels = recipe.channels.map(channelOf);
  const levels = new Map<string, TimedLevel[]>(recipe.channels.map((channel) => [channel, []]));
  // Where nothing is held, what the catalog has is of a dataset that was deleted.
  for (const verdict of manifest.count > 0 ? catalog.verdicts(name) : []) {
    if (!verdict.accepted) continue;
    const { frameId, scores } = verdict;
    const value = medianIn(scores);
    const hash = scoreOf('picture-hash', scores);
    if (hash !== null) hashes.set(frameId, hash);
    const frame = value !== null ? catalog.frame(frameId) : undefined;
    const channel = frame && channels.find((candidate) => belongsTo(frame, candidate));
    if (!frame || !channel || value === null) continue;
    if (channel === channels[0] && !held.has(frame.id)) continue;
    const timeMs = (parseTime(frame.tObs ?? '') ?? new Date(frame.slot)).getTime();
    levels.get(channel.name)!.push({ timeMs, value });
  }
  const known = coordinates.map(({ frameId, timeMs }, index) => ({
    timeMs,
    index,
    hash: hashes.get(frameId) ?? null,
  }));
  return { histories: new Histories(levels), neighbours: new Neighbours(directory, manifest, known) };
}

const medianIn = (scores: readonly RuleScore[]) => scoreOf('disk-median', scores);

function scoreOf(rule: string, scores: readonly RuleScore[]): number | null {
  return scores.find((score) => score.rule === rule)?.score ?? null;
}
