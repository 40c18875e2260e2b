import { z } from 'zod';
import type { Workspace } from '../../core/workspace.ts';
import { goOnJudging, type JudgeOptions, judgeOptions, trainingJudge } from '../../eval/index.ts';
import {
  describeCosts,
  planTraining,
  recordedJudge,
  type TrainPlan,
  type TrainSummary,
  train,
  trainOptions,
} from '../../train/index.ts';
import { defineCommand } from '../command.ts';

const schema = z.strictObject({ ...trainOptions.shape, ...judgeOptions.shape });
type Options = z.output<typeof schema>;

export default defineCommand({
  examples: [
    'sungan train --data aia-193 --preset demo',
    'sungan train --data aia-193 --preset demo --resolution 64 --kimg 200 --name trial',
    'sungan train --resume latest --kimg 400',
    'sungan train --data aia-193 --preset demo --label activity',
    'sungan train --data aia-193 --preset demo --best swd --early-stop 10',
  ],
  schema,
  async run(options, { workspace, effects, dryRun }) {
    if (dryRun) {
      const plan = await planTraining(options, { workspace, effects });
      return { text: describePlan(plan), data: plan };
    }
    const judgeRecord = await judgeOptionsOf(options, workspace);
    const judge = trainingJudge(judgeRecord, workspace, effects);
    const summary = await train(options, { workspace, effects, judge, judgeRecord });
    return { text: describe(summary), data: summary };
  },
});

/** A resumed run is scored as before, unless other scores are asked for. */
async function judgeOptionsOf(options: Options, workspace: Workspace): Promise<JudgeOptions> {
  const keys = Object.keys(judgeOptions.shape) as (keyof JudgeOptions)[];
  const own = judgeOptions.parse(Object.fromEntries(keys.map((key) => [key, options[key]])));
  if (options.resume === undefined) return own;
  return goOnJudging(own, await recordedJudge(workspace, options.resume));
}

function describePlan(plan: TrainPlan): string {
  const { recipe, dataset, resumes } = plan;
  return [
    resumes ? `would go on with ${resumes}` : 'would begin a new run',
    `${dataset.count} images of ${dataset.name}${dataset.simulated ? ' (simulated)' : ''}, ${dataset.channels} channel(s), ${recipe.resolution} pixels`,
    ...(dataset.labels ? [describeLabels(dataset.labels)] : []),
    ...describeCosts(plan),
    ...Object.entries(recipe).map(([key, value]) => `  ${key}: ${value}`),
  ].join('\n');
}

type Labels = NonNullable<TrainPlan['dataset']['labels']>;

function describeLabels({ kind, names, counts, source }: Labels): string {
  return `labels: ${kind} (${source}): ${names.map((name, i) => `${name} ${counts[i]}`).join(', ')}`;
}

function describe({ directory, finished, images, lastTick }: TrainSummary): string {
  const why = ENDS[finished];
  const speed = lastTick ? `, ${lastTick['imagesPerSecond']} images/s` : '';
  return `${why}: ${(images / 1000).toFixed(1)} thousand images seen${speed}\n${directory}`;
}

const ENDS: Record<TrainSummary['finished'], string> = {
  kimg: 'done',
  hours: 'the hours are over',
  'early-stop': 'scores got no better',
};
