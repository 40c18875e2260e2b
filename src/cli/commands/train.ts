import { planTraining, type TrainPlan, type TrainSummary, train, trainOptions } from '../../train/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  summary: 'dataset -> run: learn a generator, with checkpoints, curves and sample pictures',
  examples: [
    'sungan train --data aia-193 --preset demo',
    'sungan train --data aia-193 --preset demo --resolution 64 --kimg 200 --name trial',
    'sungan train --resume latest --kimg 400',
  ],
  schema: trainOptions,
  async run(options, { workspace, effects, dryRun }) {
    if (dryRun) {
      const plan = await planTraining(options, { workspace, effects });
      return { text: describePlan(plan), data: plan };
    }
    const summary = await train(options, { workspace, effects });
    return { text: describe(summary), data: summary };
  },
});

function describePlan({ recipe, dataset, parameters, resumes }: TrainPlan): string {
  return [
    resumes ? `would go on with ${resumes}` : 'would begin a new run',
    `${dataset.count} images of ${dataset.name}${dataset.simulated ? ' (simulated)' : ''}, ${dataset.channels} channel(s), ${recipe.resolution} pixels`,
    `generator ${parameters.generator} weights, discriminator ${parameters.discriminator} weights`,
    ...Object.entries(recipe).map(([key, value]) => `  ${key}: ${value}`),
  ].join('\n');
}

function describe({ directory, finished, images, lastTick }: TrainSummary): string {
  const why = finished === 'hours' ? 'the hours are over' : 'done';
  const speed = lastTick ? `, ${lastTick['imagesPerSecond']} images/s` : '';
  return `${why}: ${(images / 1000).toFixed(1)} thousand images seen${speed}\n${directory}`;
}
