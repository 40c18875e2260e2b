/** Which pixels of a partial reading are missing. */
import type { Region } from './region.ts';

/** After so many broken tiles no further one is tried: a hostile table must not cost more than this many errors. */
const MAX_BROKEN_TILES = 1 << 16;

export class MissingPixels {
  /** Since the last `take`, in image coordinates; neighbouring lines are joined. */
  #parts: Region[] = [];
  #broken = 0;
  /** Pixels, in all. */
  count = 0;

  add(part: Region): void {
    this.count += (part.x1 - part.x0) * (part.y1 - part.y0);
    const previous = this.#parts.at(-1);
    if (
      previous !== undefined &&
      previous.x0 === part.x0 &&
      previous.x1 === part.x1 &&
      previous.y1 === part.y0
    ) {
      previous.y1 = part.y1;
    } else {
      this.#parts.push({ ...part });
    }
  }

  /** Counts a tile that could not be decoded. */
  addBroken(): void {
    this.#broken++;
  }

  get isHopeless(): boolean {
    return this.#broken >= MAX_BROKEN_TILES;
  }

  take(): Region[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}
