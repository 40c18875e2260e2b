/**
 * Scores during training. Who judges is the caller's affair (evaluation lies above training); here is what a judge is
 * asked and what follows from its answers: lines in the statistics, the best checkpoint, an early end. All of it is
 * read back from the statistics, so that a resumed run goes on as if it had not been stopped.
 */
import type { TrainingImages } from './data/images.ts';

export interface Judge {
  /** Ticks between two judgements. */
  readonly everyTicks: number;
  /** Name of the score whose lowest value marks the best checkpoint; undefined keeps none. */
  readonly best: string | undefined;
  /** Judgements in a row without a lower best score after which training ends; 0 never ends it. */
  readonly earlyStop: number;
  /** Scores by name. Equal generators must get equal scores: nothing may be drawn but from fixed seeds. */
  score(generator: JudgedGenerator): Promise<Record<string, number>>;
}

/** The averaged generator as it is now; one that grows is smaller at first. */
export interface JudgedGenerator {
  readonly resolution: number;
  readonly channels: number;
  /** Images [seeds, C, S, S], 0..1. */
  sample(seeds: readonly number[]): Promise<Float32Array>;
}

/** Makes the judge of one training: `data` is as it was given, `images` what is trained on. */
export type OpenJudge = (job: { data: string; images: TrainingImages }) => Promise<Judge>;

export interface Verdict {
  /** Whether the newest judgement is the lowest so far. */
  isBest: boolean;
  /** Whether so many judgements came after the lowest that training is to end. */
  isOver: boolean;
}

/**
 * What the statistics of a run, up to now, say to the judge's wishes. A growing network is judged anew at every side:
 * distances of small images are smaller, whatever they show. It does not end before it has grown to `resolution`.
 */
export function verdictOf(
  { best, earlyStop }: Pick<Judge, 'best' | 'earlyStop'>,
  lines: readonly Readonly<Record<string, number>>[],
  resolution: number,
): Verdict {
  const side = lines.at(-1)?.['side'];
  const scores = lines.flatMap((line) => {
    const score = best === undefined || line['side'] !== side ? undefined : line[best];
    // As a line of JSON gives it back, what is no number is null.
    return Number.isFinite(score) ? [score as number] : [];
  });
  if (scores.length === 0) return { isBest: false, isOver: false };
  const lowest = scores.indexOf(Math.min(...scores));
  const since = scores.length - 1 - lowest;
  return { isBest: since === 0, isOver: earlyStop > 0 && since >= earlyStop && side === resolution };
}
