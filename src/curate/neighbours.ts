/**
 * The accepted frames that a new one is compared with: is it one of them again, does it lie turned against them? Only what
 * the dataset holds counts, so the answer is the same after any resume.
 */
import type { Manifest } from './manifest.ts';
import { commonSteps } from './measure/common-steps.ts';
import {
  differenceInSteps,
  type Fingerprint,
  type FingerprintSizes,
  fingerprintOf,
  fingerprintSizes,
  rollBetween,
} from './measure/fingerprint.ts';
import { createChunkReader } from './shard-reader.ts';
import { decodeBlosc } from './zarr/blosc.ts';

export interface Comparison {
  /** The held frame that is most like this one; undefined when there is none to compare with. */
  likeness: { steps: number; timeMs: number } | undefined;
  /**
   * Against the frame before that it gains least against; undefined when fewer than two are alike enough to tell. The gain
   * is taken as a fifth where fewer than two of them are of the day before.
   */
  roll: { degrees: number; gain: number; frames: number } | undefined;
}

interface Held {
  timeMs: number;
  /** Place in the dataset. */
  index: number;
}

/** Frames before that one is compared with, and how long before at most. */
const FRAMES_BEFORE = 5;
const LONGEST_MS = 3 * 86_400_000;
/** Frames so near in time show the same regions at nearly the same places ... */
const NEAR_MS = 86_460_000;
/** ... with fewer than two of those, gains count this share: upright pictures of the days before reach 0.1 and more. */
const SHARE_OF_FAR_GAIN = 1 / 5;
/** Less than that at every angle, and the Sun has changed too much to tell one. */
const SMALLEST_CORRELATION = 0.3;
/** A turned frame that slipped in is not alone: any upright one before clears the next. */
const FEWEST_FRAMES = 2;
/** Frames with the same hash that are looked at. */
const MOST_ALIKE = 8;
/** Fingerprints in memory; more than a batch, whose frames are not in the dataset yet. */
const KEPT = 160;

export class Neighbours {
  private readonly directory: string;
  private readonly manifest: Manifest;
  private readonly sizes: FingerprintSizes | undefined;
  /** Of each channel: from stored steps to those that pictures are compared in. */
  private readonly common: readonly (Uint16Array | undefined)[];
  /** By time. */
  private readonly held: Held[] = [];
  private readonly byHash = new Map<number, Held[]>();
  private readonly recent = new Map<number, Fingerprint[]>();

  /** `known`: frames of the dataset with the hashes that their verdicts keep. */
  constructor(directory: string, manifest: Manifest, known: readonly (Held & { hash: number | null })[]) {
    this.directory = directory;
    this.manifest = manifest;
    this.sizes = fingerprintSizes(manifest.levels);
    this.common = manifest.recipe.channels.map((name, i) => commonSteps(manifest.transforms[i]!, name));
    for (const { hash, ...held } of known) this.enter(held, hash);
    this.held.sort((a, b) => a.timeMs - b.timeMs);
  }

  /** Of every channel; undefined where the dataset has no level for it. */
  fingerprintsOf(chunks: readonly Uint8Array[]): Fingerprint[] | undefined {
    const { sizes, manifest } = this;
    if (!sizes) return undefined;
    const channels = manifest.recipe.channels.length;
    const decoded = new Map<number, Uint16Array>();
    for (const size of new Set([sizes.hash, sizes.small, sizes.polar])) {
      if (size === undefined) continue;
      const chunk = chunks[manifest.levels.indexOf(size)]!;
      decoded.set(size, decodeBlosc(chunk, channels * size * size, `level ${size}`));
    }
    return this.common.map((table, channel) =>
      fingerprintOf(sizes, (size) => {
        const stored = decoded.get(size)!.slice(channel * size * size, (channel + 1) * size * size);
        return table ? stored.map((step) => table[step]!) : stored;
      }),
    );
  }

  /** Likeness is that of the first channel: a companion may rightly serve two times. */
  async compare(timeMs: number, own: readonly Fingerprint[]): Promise<Comparison[]> {
    const before = this.before(timeMs);
    const references = await Promise.all(before.map((held) => this.fingerprints(held)));
    const alike = (this.byHash.get(own[0]!.hash) ?? []).slice(-MOST_ALIKE);
    const candidates = [...before, ...alike.filter((held) => !before.includes(held))];
    const likeness = await this.mostAlike(own[0]!, candidates);
    return own.map((fingerprint, channel) => ({
      likeness: channel === 0 ? likeness : undefined,
      roll: rollAgainst(
        fingerprint,
        references.map((reference, i) => ({
          polar: reference[channel]!.polar,
          isNear: timeMs - before[i]!.timeMs <= NEAR_MS,
        })),
      ),
    }));
  }

  /** Notes an accepted frame; `index` is its place in the dataset once it is written. */
  add(timeMs: number, index: number, fingerprints: Fingerprint[]): void {
    this.keep(index, fingerprints);
    this.enter({ timeMs, index }, fingerprints[0]!.hash);
    // Nearly always the latest: a step or none.
    for (let i = this.held.length - 1; i > 0 && this.held[i - 1]!.timeMs > this.held[i]!.timeMs; i--)
      [this.held[i - 1], this.held[i]] = [this.held[i]!, this.held[i - 1]!];
  }

  private enter(held: Held, hash: number | null): void {
    this.held.push(held);
    if (hash === null) return;
    const list = this.byHash.get(hash);
    if (list) list.push(held);
    else this.byHash.set(hash, [held]);
  }

  private before(timeMs: number): Held[] {
    let low = 0;
    let high = this.held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.held[middle]!.timeMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return this.held
      .slice(Math.max(0, low - FRAMES_BEFORE), low)
      .filter((held) => timeMs - held.timeMs <= LONGEST_MS);
  }

  private async mostAlike(own: Fingerprint, candidates: readonly Held[]): Promise<Comparison['likeness']> {
    let best: Comparison['likeness'];
    for (const held of candidates) {
      const [fingerprint] = await this.fingerprints(held);
      const steps = differenceInSteps(own.small, fingerprint!.small);
      if (!best || steps < best.steps) best = { steps, timeMs: held.timeMs };
    }
    return best;
  }

  private async fingerprints({ index }: Held): Promise<Fingerprint[]> {
    const known = this.recent.get(index);
    if (known) return known;
    // A reader of its own each time: shards grow, and what one remembers of them is old soon.
    const reader = createChunkReader(this.directory, this.manifest);
    const { hash, small, polar } = this.sizes!;
    const chunks = await Promise.all(
      this.manifest.levels.map((size) =>
        size === hash || size === small || size === polar ? reader.read(size, index) : new Uint8Array(),
      ),
    );
    const read = this.fingerprintsOf(chunks)!;
    this.keep(index, read);
    return read;
  }

  private keep(index: number, fingerprints: Fingerprint[]): void {
    this.recent.set(index, fingerprints);
    const oldest = this.recent.keys().next();
    if (this.recent.size > KEPT && !oldest.done) this.recent.delete(oldest.value);
  }
}

interface RollReference extends Pick<Fingerprint, 'polar'> {
  isNear: boolean;
}

function rollAgainst({ polar }: Fingerprint, references: readonly RollReference[]): Comparison['roll'] {
  if (!polar) return undefined;
  const rolls = references
    .flatMap((reference) =>
      reference.polar ? [{ ...rollBetween(reference.polar, polar), isNear: reference.isNear }] : [],
    )
    .filter(({ correlation }) => correlation >= SMALLEST_CORRELATION);
  if (rolls.length < FEWEST_FRAMES) return undefined;
  const share = rolls.filter(({ isNear }) => isNear).length < FEWEST_FRAMES ? SHARE_OF_FAR_GAIN : 1;
  const gains = rolls.map(({ degrees, correlation, upright }) => ({
    degrees,
    gain: share * (correlation - upright),
  }));
  const least = gains.reduce((a, b) => (b.gain < a.gain ? b : a));
  return { ...least, frames: rolls.length };
}
