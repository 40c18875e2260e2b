import { z } from 'zod';
import { judgeOptions, trainingJudge } from '../../eval/index.ts';
import {
  describeCosts,
  planTraining,
  type TrainPlan,
  type TrainSummary,
  train,
  trainOptions,
} from '../../train/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan train --data aia-193 --preset demo',
    'sungan train --data aia-193 --preset demo --resolution 64 --kimg 200 --name trial',
    'sungan train --resume latest --kimg 400',
    'sungan train --data aia-193 --preset demo --label activity',
    'sungan train --data aia-193 --preset demo --best swd --early-stop 10',
  ],
  schema: z.strictObject({ ...trainOptions.shape, ...judgeOptions.shape }),
  async run(options, { workspace, effects, dryRun }) {
    if (dryRun) {
      const plan = await planTraining(options, { workspace, effects });
      return { text: describePlan(plan), data: plan };
    }
    const judge = trainingJudge(options, workspace, effects);
    const summary = await train(options, { workspace, effects, judge });
    return { text: describe(summary), data: summary };
  },
});

function describePlan({ recipe, dataset, parameters, costs, resumes }: TrainPlan): string {
  return [
    resumes ? `would go on with ${resumes}` : 'would begin a new run',
    `${dataset.count} images of ${dataset.name}${dataset.simulated ? ' (simulated)' : ''}, ${dataset.channels} channel(s), ${recipe.resolution} pixels`,
    ...(dataset.labels ? [describeLabels(dataset.labels)] : []),
    ...describeCosts(parameters, costs),
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
