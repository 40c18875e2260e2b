/** Which size of images is learnt when. Pure. A network that does not grow has one stage. */
import type { RecipeOptions } from './options.ts';
import { imagesAtOnce } from './parts.ts';

export interface Stage {
  index: number;
  /** Pixels a side. */
  side: number;
  batch: number;
  /** Images of the batch that are computed together: a divisor of it. */
  atOnce: number;
  /** Images seen when it begins. */
  beginsAt: number;
}

/** Sides at which PG-GAN starts. */
const FIRST_SIDE = 4;

type GrowthOptions = Pick<
  RecipeOptions,
  'architecture' | 'resolution' | 'batch' | 'atOnce' | 'growBatches' | 'fadeKimg' | 'holdKimg'
>;

export function stagesOf(recipe: GrowthOptions): Stage[] {
  const { architecture, resolution, batch, growBatches, fadeKimg, holdKimg } = recipe;
  const sized = (index: number, size: number) => {
    const limit = recipe.atOnce[index] ?? recipe.atOnce.at(-1) ?? size;
    return { batch: size, atOnce: imagesAtOnce(size, limit) };
  };
  if (architecture !== 'pggan') return [{ index: 0, side: resolution, ...sized(0, batch), beginsAt: 0 }];
  const stages: Stage[] = [];
  for (let side = FIRST_SIDE; side <= resolution; side *= 2) {
    const index = stages.length;
    const beginsAt = index === 0 ? 0 : (holdKimg + (index - 1) * (fadeKimg + holdKimg)) * 1000;
    const size = growBatches[index] ?? growBatches.at(-1) ?? batch;
    stages.push({ index, side, ...sized(index, size), beginsAt });
  }
  return stages;
}

export function stageAt(stages: readonly Stage[], images: number): Stage {
  return stages.findLast((stage) => images >= stage.beginsAt)!;
}

/** How far the newest layers are faded in after `images`, 0..1. */
export function fadeAt({ fadeKimg }: GrowthOptions, { index, beginsAt }: Stage, images: number): number {
  if (index === 0 || fadeKimg === 0) return 1;
  return Math.min(1, (images - beginsAt) / (fadeKimg * 1000));
}

/** Whether the step after `images` is the first with the newest layers in full; PG-GAN begins its optimisers anew there too. */
export function isJustFaded(options: GrowthOptions, stage: Stage, images: number): boolean {
  const before = images - stage.batch;
  return (
    before >= stage.beginsAt && fadeAt(options, stage, before) < 1 && fadeAt(options, stage, images) === 1
  );
}
