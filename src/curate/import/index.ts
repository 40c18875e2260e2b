/** Pictures of others as a dataset of the same kind: `sungan import`. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { openCatalog, type Split, takeLock } from '../../catalog/index.ts';
import { mapConcurrently } from '../../core/concurrency.ts';
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import { describeError, SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { openState } from '../dataset-state.ts';
import { updateDerivedFiles } from '../derived.ts';
import { drawSplits } from '../draw-splits.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import { batchSize } from '../process.ts';
import { readProvenance } from '../provenance.ts';
import { LARGEST_SIZE, levelsOf, manifestOfPictures, refuseOtherRecipe } from '../recipe.ts';
import { splitOf } from '../splits.ts';
import { commit, type DatasetState, type EncodedFrame, recover } from '../store.ts';
import { createTransform, type Transform } from '../transforms/index.ts';
import { type DecodedPicture, decodePicture, type MaskBox } from './decode-picture.ts';
import { encodeLevels } from './encode-levels.ts';
import { type GrayRange, parseGrayRange, spreadGray } from './gray-range.ts';
import type { ImportOptions } from './options.ts';
import { openSource, type PictureFile, type PictureSource } from './sources.ts';
import { timeInName } from './times.ts';

export { type ImportOptions, importOptions } from './options.ts';

export interface ImportSummary {
  dataset: string;
  directory: string;
  /** Pictures that this run took. */
  imported: number;
  count: number;
  /** Pictures that were left out, with the reason. */
  skipped: { file: string; reason: string }[];
  splits: Record<Split, number>;
  levels: number[];
}

interface ImportContext {
  workspace: Workspace;
  effects: Effects;
  jobs?: number | undefined;
}

/** What the gray of the pictures stands for. */
interface GrayScale {
  transform: Transform;
  range: GrayRange | undefined;
}

/** Of pixels that are decoded and averaged at once: 16 bytes of each are in hand. */
const DECODING_BYTES = 2 ** 30;

/** How many pictures the folder or ZIP file holds; nothing is written. */
export async function countPictures({ path }: ImportOptions): Promise<number> {
  if (path === undefined) throw new SunganError('usage', 'name a folder or a ZIP file of pictures');
  const source = await openSource(resolve(path));
  await source.close();
  return source.files.length;
}

/** Pictures go in by the order of their names; a stopped import goes on behind the last that is in. */
export async function importPictures(options: ImportOptions, context: ImportContext): Promise<ImportSummary> {
  if (options.path === undefined) throw new SunganError('usage', 'name a folder or a ZIP file of pictures');
  const transform = createTransform(options.transform, options.channel);
  const scale: GrayScale = { transform, range: parseGrayRange(options.range, transform) };
  const { workspace, effects } = context;
  const directory = join(workspace.datasets, options.name);
  const source = await openSource(resolve(options.path));
  const lock = takeLock(join(workspace.datasets, `.${options.name}.lock`), 'import', () =>
    effects.clock.now(),
  );
  const catalog = openCatalog(workspace.catalog);
  try {
    // What an interrupted run of curate had begun under this name is finished as well.
    await recover(directory, (verdicts) => catalog.recordVerdicts(verdicts));
    const made = await readManifest(directory);
    const manifest = await requireManifest(options, source, made);
    const start = await openState(directory, manifest);
    const rest = await notYetIn(source.files, directory, start);
    const splits = assignSplits(source.files, options, catalog);
    const { state, skipped } = await takePictures(rest, options, start, splits, {
      ...context,
      directory,
      scale,
    });
    await updateDerivedFiles({ manifest: state.manifest, directory, catalog, resolvePath: (path) => path });
    return summarise(options, directory, start, state, skipped);
  } finally {
    catalog.close();
    lock.release();
    await source.close();
  }
}

async function requireManifest(
  options: ImportOptions,
  source: PictureSource,
  made: Manifest | undefined,
): Promise<Manifest> {
  if (made) {
    refuseOtherRecipe(made, manifestOfPictures(options, options.size ?? made.recipe.size, made.simulated));
    return made;
  }
  const { image, isMade } = await firstPicture(source, options);
  const side = Math.min(image.width, image.height, LARGEST_SIZE);
  return manifestOfPictures(options, options.size ?? 2 ** Math.floor(Math.log2(side)), isMade);
}

/** The first that can be read: the others are to be like it. */
async function firstPicture(source: PictureSource, options: ImportOptions): Promise<DecodedPicture> {
  let reason = '';
  for (const file of source.files) {
    try {
      return await decodePicture(await file.read(), decodeOptions(options));
    } catch (error) {
      reason ||= `${file.name}: ${describeError(error)}`;
    }
  }
  throw new SunganError('data', `none of the pictures can be taken (${reason})`, {
    where: options.path ?? '',
  });
}

const decodeOptions = ({ colourTable, mask }: ImportOptions) => ({
  colourTable,
  masks: mask.map((text): MaskBox => {
    const [left, top, width, height] = text.split(':').map(Number) as [number, number, number, number];
    return { left, top, width, height };
  }),
});

/** Pictures of the dataset that are compared with those of their names, at most: all would be read again every time. */
const MOST_COMPARED = 16;

async function notYetIn(
  files: readonly PictureFile[],
  directory: string,
  { manifest }: DatasetState,
): Promise<PictureFile[]> {
  const lines = await readProvenance(directory, manifest.count);
  const taken = new Map(lines.flatMap(({ members }) => members.map(({ path, sha256 }) => [path, sha256])));
  const known = files.filter(({ name }) => taken.has(name));
  const step = Math.max(1, Math.ceil(known.length / MOST_COMPARED));
  for (const file of known.filter((_, i) => i % step === 0)) {
    if (sha256OfBytes(await file.read()) === taken.get(file.name)) continue;
    throw new SunganError('data', 'the dataset has another picture of this name', {
      where: file.name,
      remedy: 'give pictures of another source a --name of their own',
    });
  }
  return files.filter(({ name }) => !taken.has(name));
}

/** By the times in the names, as for frames; by runs of names where they have none. */
function assignSplits(
  files: readonly PictureFile[],
  { seed, guardDays }: ImportOptions,
  catalog: ReturnType<typeof openCatalog>,
): (file: PictureFile) => Split {
  const times = new Map(files.map((file) => [file.name, timeInName(file.name)?.toISOString()]));
  const dated = [...times.values()].flatMap((time) => (time === undefined ? [] : [{ time, activity: null }]));
  if (dated.length === files.length) {
    const { splits } = drawSplits(catalog, dated, { seed, guardDays });
    return ({ name }) => splitOf(times.get(name)!, splits) ?? 'train';
  }
  const held = Math.floor(files.length * 0.15);
  const position = new Map(files.map((file, i) => [file.name, i]));
  return ({ name }) => {
    const fromEnd = files.length - position.get(name)!;
    return fromEnd <= held ? 'test' : fromEnd <= 2 * held ? 'validation' : 'train';
  };
}

async function takePictures(
  files: readonly PictureFile[],
  options: ImportOptions,
  start: DatasetState,
  splitOfFile: (file: PictureFile) => Split,
  {
    directory,
    scale,
    effects,
    jobs = availableParallelism(),
  }: ImportContext & { directory: string; scale: GrayScale },
): Promise<{ state: DatasetState; skipped: ImportSummary['skipped'] }> {
  const skipped: ImportSummary['skipped'] = [];
  const progress = effects.progress('import', files.length, 'pictures');
  const batch = batchSize(start.manifest.recipe);
  const fitting = Math.floor(DECODING_BYTES / (16 * start.manifest.recipe.size ** 2));
  const atOnce = Math.max(1, Math.min(jobs, fitting));
  let state = start;
  for (let next = 0; next < files.length; ) {
    throwIfStopped(effects.signal);
    const group = files.slice(next, next + batch - (state.manifest.count % batch));
    next += group.length;
    const results = await mapConcurrently(group, atOnce, (file) =>
      takePicture(file, options, scale, state.manifest, splitOfFile(file)),
    );
    const frames: EncodedFrame[] = [];
    for (const result of results) {
      if ('reason' in result) skipped.push(result);
      else frames.push({ ...result, frameId: state.manifest.count + frames.length });
    }
    state = await commit(directory, state, { frames, verdicts: [] }, () => {});
    progress.advance(group.length, group.at(-1)?.name);
  }
  progress.done();
  return { state, skipped };
}

async function takePicture(
  file: PictureFile,
  options: ImportOptions,
  { transform, range }: GrayScale,
  { recipe, simulated }: Manifest,
  split: Split,
): Promise<EncodedFrame | { file: string; reason: string }> {
  try {
    const bytes = await file.read();
    const { image, isMade } = await decodePicture(bytes, decodeOptions(options));
    if (isMade !== simulated) {
      const [kind, others] = isMade ? ['simulated or generated', 'observed'] : ['observed', 'simulated'];
      return { file: file.name, reason: `a picture that is ${kind} in a dataset of ${others} ones` };
    }
    const { width, height } = image;
    const isFitting =
      width === height && width >= recipe.size && Number.isInteger(Math.log2(width / recipe.size));
    if (!isFitting)
      return { file: file.name, reason: `${width} x ${height} pixels do not halve to ${recipe.size}` };
    const steps = [
      range ? `gray taken as ${range.join(' to ')} in transform space` : 'gray taken as transform space',
    ];
    if (options.colourTable !== 'none') steps.unshift(`colour table ${options.colourTable} undone`);
    if (options.mask.length > 0) steps.push(`masked ${options.mask.join(', ')}`);
    return {
      frameId: 0,
      timeMs: timeInName(file.name)?.getTime() ?? 0,
      split,
      exposureSeconds: Number.NaN,
      chunks: encodeLevels(spreadGray(image, range, transform), transform, levelsOf(recipe.size)),
      members: [
        {
          channel: options.channel,
          frameId: 0,
          source: 'import',
          product: 'picture',
          path: file.name,
          sha256: sha256OfBytes(bytes),
          steps,
        },
      ],
    };
  } catch (error) {
    return { file: file.name, reason: describeError(error) };
  }
}

function summarise(
  { name }: ImportOptions,
  directory: string,
  start: DatasetState,
  { manifest, coordinates }: DatasetState,
  skipped: ImportSummary['skipped'],
): ImportSummary {
  const splits: Record<Split, number> = { train: 0, validation: 0, test: 0, guard: 0 };
  for (const { split } of coordinates) splits[split]++;
  const imported = manifest.count - start.manifest.count;
  return {
    dataset: name,
    directory,
    imported,
    count: manifest.count,
    skipped,
    splits,
    levels: manifest.levels,
  };
}
