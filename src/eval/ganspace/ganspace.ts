/** The use case of `ganspace`: components of the styles of a run's generator, what each does, and strips that show it. */
import { z } from 'zod';
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import { sha256OfFile } from '../../core/files.ts';
import { VERSION } from '../../core/version.ts';
import type { Workspace } from '../../core/workspace.ts';
import { type Generator, openGenerator, openRun } from '../../train/index.ts';
import { encodeGallery, type Gallery } from '../gallery.ts';
import { rangeOf } from '../image-set.ts';
import { linearOfChannels } from '../metrics/solar-channels.ts';
import { findRun, openDatasetOfRun } from '../sources/run.ts';
import { DEFAULT_SETTINGS, type StyleComponents, shiftStyles, styleComponents } from './components.ts';
import { activityOf, measureEffects } from './effects.ts';
import { type GanspaceRecord, writeGanspace } from './record.ts';
import { checkpointName } from './restyling.ts';

const positive = z.coerce.number().int().positive();

export const ganspaceOptions = z.strictObject({
  run: z.string().default('latest').describe("run: its folder, its name, its number, or 'latest'"),
  checkpoint: z
    .string()
    .optional()
    .describe('checkpoint: a file, or a name in the run such as best-swd [the newest of the run]'),
  components: positive.default(8).describe('how many components, by falling variance'),
  styles: positive.min(32).default(DEFAULT_SETTINGS.styles).describe('styles that the components are of'),
  pictures: positive.min(16).default(512).describe('pictures whose solar quantities are measured'),
  moved: positive.min(2).default(32).describe('pictures that are moved along every component'),
  seed: z.coerce.number().int().min(0).default(DEFAULT_SETTINGS.seed).describe('seed of the search'),
});

export type GanspaceOptions = z.output<typeof ganspaceOptions>;

export interface GanspaceContext {
  workspace: Workspace;
  effects: Effects;
}

export interface GanspaceSummary {
  path: string;
  record: GanspaceRecord;
}

/** Steps of the strips, in standard deviations. */
const STRIP = [-3, -2, -1, 0, 1, 2, 3];
const STRIP_SIZE = 96;

export async function ganspace(options: GanspaceOptions, context: GanspaceContext): Promise<GanspaceSummary> {
  const { workspace, effects } = context;
  const directory = await findRun(options.run, workspace);
  const generator = await openGenerator(directory, { checkpoint: options.checkpoint });
  try {
    const settings = { styles: options.styles, seed: options.seed };
    const { components, styles } = await styleComponents(generator, options.components, settings);
    throwIfStopped(effects.signal);
    const dataset = await openDatasetOfRun(await openRun(directory), workspace);
    const transforms = dataset?.transforms;
    const linear =
      transforms &&
      linearOfChannels(
        (values, channel) => transforms[channel].inverse(values),
        transforms,
        dataset.channels,
      );
    const { table, warnings } = await measureEffects({
      options,
      generator,
      components,
      styles,
      linear,
      effects,
    });
    const records = rangeOf(components.count).map((i) => ({
      number: i + 1,
      share: components.variances[i] / components.totalVariance,
      effects: table[i] ?? [],
    }));
    const record: GanspaceRecord = {
      schema: 1,
      version: VERSION,
      createdAt: effects.clock.now().toISOString(),
      checkpoint: checkpointName(generator.checkpoint, directory),
      checkpointSha256: await sha256OfFile(generator.checkpoint),
      kimg: generator.seenImages / 1000,
      settings,
      pictures: options.pictures,
      moved: options.moved,
      components: records,
      cycle: activityOf(records),
      strips: await stripsOf(generator, components),
      warnings,
    };
    for (const warning of warnings) effects.log.warn(warning);
    return { path: await writeGanspace(directory, record), record };
  } finally {
    await generator.close();
  }
}

/** One picture a step, from the mean style along each component, always with the same noise. */
async function stripsOf(generator: Generator, components: StyleComponents): Promise<Gallery> {
  const { resolution, channels } = generator;
  const middle = Float32Array.from(
    { length: STRIP.length * components.mean.length },
    (_, i) => components.mean[i % components.mean.length],
  );
  const size = channels * resolution ** 2;
  const rows = [];
  for (const component of rangeOf(components.count, 1)) {
    const styles = middle.slice();
    STRIP.forEach((deviations, i) => {
      const [from, to] = [i * components.mean.length, (i + 1) * components.mean.length];
      styles.set(shiftStyles(middle.subarray(from, to), components, [{ component, deviations }]), from);
    });
    const images = await generator.synthesise(
      styles,
      STRIP.map(() => 0),
    );
    const pictures = STRIP.map((deviations, i) => ({
      label: `${deviations > 0 ? '+' : ''}${deviations} σ`,
      values: images.subarray(i * size, i * size + resolution ** 2),
    }));
    rows.push({ caption: `component ${component}`, pictures });
  }
  return encodeGallery('Components', { width: resolution, height: resolution }, rows, STRIP_SIZE);
}
