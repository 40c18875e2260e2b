/**
 * Steps along components for `generate`: the very components that `ganspace` named, so of its checkpoint, its number of
 * styles and its seed, as they stand in the run's `ganspace.json`. Without one they are found with the usual settings.
 */
import { basename, join, relative } from 'node:path';
import type { Effects } from '../../core/effects.ts';
import { SunganError } from '../../core/errors.ts';
import { exists, sha256OfFile } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { Generator, Restyling } from '../../train/index.ts';
import { findRun } from '../sources/run.ts';
import {
  type ComponentSettings,
  DEFAULT_SETTINGS,
  type Edit,
  shiftStyles,
  styleComponents,
} from './components.ts';
import { type GanspaceRecord, readGanspace } from './record.ts';

export interface ComponentRequest {
  edits: readonly Edit[];
  run: string;
  /** What the user asked for; the checkpoint of `ganspace` when undefined. */
  checkpoint: string | undefined;
}

export interface ComponentPlan {
  /** Folder. */
  run: string;
  /** A path; undefined is the newest, where nobody has looked at the run. */
  checkpoint: string | undefined;
  restyling: Restyling;
}

/** Throws when `ganspace` named no such component, or looked at a checkpoint that is gone. */
export async function planComponents(
  { edits, run, checkpoint }: ComponentRequest,
  { workspace, effects }: { workspace: Workspace; effects: Effects },
): Promise<ComponentPlan> {
  const directory = await findRun(run, workspace);
  const record = await readGanspace(directory);
  if (!record) return { run: directory, checkpoint, restyling: restylingOf(edits, DEFAULT_SETTINGS) };
  requireNamed(edits, record, directory);
  return {
    run: directory,
    checkpoint: checkpoint ?? (await checkpointOf(record, directory)),
    restyling: restylingOf(edits, record.settings, record.components.length, async (generator) => {
      const other = await differenceFrom(record, generator);
      if (other !== undefined) effects.log.warn(other);
    }),
  };
}

function requireNamed(edits: readonly Edit[], { components }: GanspaceRecord, directory: string): void {
  const highest = highestOf(edits);
  if (highest <= components.length) return;
  throw new SunganError('usage', `\`ganspace\` named ${components.length} components, not ${highest}`, {
    where: directory,
    remedy: `sungan ganspace ${basename(directory)} --components ${highest}`,
  });
}

/** Where the checkpoint lies that the components are of. */
async function checkpointOf({ checkpoint }: GanspaceRecord, directory: string): Promise<string> {
  for (const path of [join(directory, checkpoint), join(directory, 'checkpoints', checkpoint), checkpoint]) {
    if (await exists(path)) return path;
  }
  throw new SunganError('data', `the checkpoint that \`ganspace\` looked at is gone: ${checkpoint}`, {
    where: directory,
    remedy: `name the components of the newest by \`sungan ganspace ${basename(directory)}\`, or choose a --checkpoint`,
  });
}

/** A warning when another checkpoint is opened than the one whose components were named. */
async function differenceFrom(record: GanspaceRecord, generator: Generator): Promise<string | undefined> {
  const { checkpoint, checkpointSha256, kimg } = record;
  const isSame =
    checkpointSha256 === undefined
      ? basename(generator.checkpoint) === basename(checkpoint)
      : (await sha256OfFile(generator.checkpoint)) === checkpointSha256;
  if (isSame) return undefined;
  return `\`ganspace\` named the components of ${checkpoint} (${kimg} thousand pictures); those of ${basename(generator.checkpoint)} are found anew, and their numbers may mean something else`;
}

/** `named`: how many `ganspace` looked for; as many are found here, because a longer search may turn them. */
function restylingOf(
  edits: readonly Edit[],
  settings: ComponentSettings,
  named = 0,
  check: (generator: Generator) => Promise<void> = async () => {},
): Restyling {
  const signed = (value: number) => (value < 0 ? String(value) : `+${value}`);
  const steps = edits.map(({ component, deviations }) => `${component}=${signed(deviations)}`);
  return {
    description: `components ${steps.join(', ')} (${settings.styles} styles, seed ${settings.seed})`,
    async prepare(generator) {
      await check(generator);
      const highest = highestOf(edits);
      const { components } = await styleComponents(generator, Math.max(highest, named), settings);
      if (highest <= components.count) return (styles) => shiftStyles(styles, components, edits);
      throw new SunganError('usage', `there are ${components.count} components`, { where: '--component' });
    },
  };
}

const highestOf = (edits: readonly Edit[]) => Math.max(...edits.map(({ component }) => component));

/** As it stands in the record: below the run where it lies there. */
export function checkpointName(path: string, directory: string): string {
  const name = relative(directory, path);
  return name.startsWith('..') ? path : name;
}
