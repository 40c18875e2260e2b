/**
 * A generator as an ONNX model, from this program's export or another's. Inputs of rank two or more are filled with
 * standard normal numbers from the seed of the picture, scalars with 1 (truncation), `labels` with one class for each
 * picture, as often as the metadata says that it was trained on; the output of rank four is the picture. This program's models say so in their metadata: 0..1, row 0 south. Others are taken to give -1..1 with the
 * top first, as most do, unless their metadata has a `range` of `0..1`.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import { restoreTransform, type Transform, type TransformRecord } from '../../curate/index.ts';
import { createRandom } from '../../numeric/random.ts';
import { type LabelClasses, type LabelFacts, labelRows } from '../../train/index.ts';
import { readFields, textOf } from '../onnx/protobuf.ts';
import { type Source, type SourceKind, UNKNOWN_TRANSFORM } from './source.ts';

/** Pictures in one run of a model that leaves its batch open. */
const OPEN_BATCH = 16;
const LABELS_INPUT = 'labels';
const SEED_STRIDE = 1_000_000;
/** ModelProto.metadata_props */
const METADATA_FIELD = 14;

export const onnxSource: SourceKind = {
  what: 'an ONNX generator',
  async open(name) {
    const path = resolve(name);
    if (!/\.onnx$/i.test(name) || !(await stat(path).catch(() => undefined))?.isFile()) return undefined;
    return openGeneratorModel(path, await readFile(path));
  },
};

interface ModelInput {
  readonly name: string;
  /** Of one picture. */
  readonly shape: readonly number[];
  readonly isScalar: boolean;
}

interface ModelShape {
  readonly inputs: readonly ModelInput[];
  readonly output: string;
  readonly batch: number;
  readonly channels: number;
  readonly resolution: number;
  readonly labels: LabelFacts | undefined;
}

async function openGeneratorModel(path: string, bytes: Uint8Array): Promise<Source> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 }).catch((cause) => {
    throw new SunganError('format', `ONNX Runtime cannot load it: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  });
  const facts = factsOf(readMetadata(bytes, path));
  const shape = await shapeOf(ort, session, path, facts);
  const { channels, resolution } = shape;
  const hash = sha256OfBytes(bytes);
  const label = basename(path);
  const transforms = facts.transforms.length === channels ? facts.transforms : undefined;
  return {
    label,
    path,
    generated: true,
    simulated: facts.simulated,
    hash,
    kimg: facts.kimg,
    resolutions: [resolution],
    channels,
    transforms,
    warnings: [
      ...(facts.isSure ? [] : [`${label} does not say its range: -1..1 is assumed`]),
      ...(transforms ? [] : [`${label} ${UNKNOWN_TRANSFORM}`]),
    ],
    images: ({ count, seed }) => ({
      label: `${label}, generated`,
      count,
      width: resolution,
      height: resolution,
      channels,
      identity: `${hash}/${seed}`,
      async read(indices) {
        const seeds = indices.map((index) => seed * SEED_STRIDE + index);
        const values = await generate(ort, session, shape, seeds);
        for (let i = 0; i < values.length; i++) values[i] = toRange(facts.toUnit(values[i]));
        return facts.isOwn ? values : flipRows(values, resolution);
      },
    }),
    close: () => session.release(),
  };
}

interface ModelFacts {
  readonly toUnit: (value: number) => number;
  readonly isOwn: boolean;
  readonly isSure: boolean;
  readonly simulated: boolean;
  readonly kimg: number | null;
  readonly labels: LabelFacts | undefined;
  /** One a channel; none where it does not tell. */
  readonly transforms: readonly Transform[];
}

/** What is used of the facts of the dataset in the metadata of this program's models. */
interface OwnDataset {
  simulated?: boolean;
  labels?: LabelFacts;
  transforms?: TransformRecord[];
}

function factsOf(metadata: ReadonlyMap<string, string>): ModelFacts {
  const isOwn = metadata.get('software')?.startsWith('sungan ') === true;
  const range = metadata.get('range') ?? (isOwn ? '0..1' : undefined);
  const seen = Number(metadata.get('images_seen') ?? Number.NaN);
  const dataset = isOwn ? (JSON.parse(metadata.get('dataset') ?? '{}') as OwnDataset) : {};
  return {
    toUnit: range === '0..1' ? (value) => value : (value) => (value + 1) / 2,
    isOwn,
    isSure: range !== undefined,
    simulated: dataset.simulated === true,
    kimg: Number.isFinite(seen) ? seen / 1000 : null,
    labels: dataset.labels,
    transforms: (dataset.transforms ?? []).map(restoreTransform),
  };
}

/** Clipped to 0..1; what is no number stays none, so that it is found instead of passing for black or white. */
function toRange(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : Number.NaN;
}

function flipRows(values: Float32Array, size: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row * size < values.length; row++) {
    const mirrored = row - (row % size) + (size - 1 - (row % size));
    result.set(values.subarray(row * size, (row + 1) * size), mirrored * size);
  }
  return result;
}

async function shapeOf(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  path: string,
  { labels, isOwn }: Pick<ModelFacts, 'labels' | 'isOwn'>,
): Promise<ModelShape> {
  const refuse = (reason: string) =>
    new SunganError('data', `not a generator of pictures: ${reason}`, {
      where: path,
      remedy: 'latents in, pictures [n, c, h, w] out',
    });
  const open = session.inputMetadata.map((input) => {
    if (!input.isTensor || input.type !== 'float32')
      throw refuse(`input ${input.name} is not a float32 tensor`);
    return input;
  });
  const [first] = open.filter(({ shape }) => shape.length >= 2);
  if (!first) throw refuse('it has no input for latents');
  const batch = typeof first.shape[0] === 'number' ? first.shape[0] : OPEN_BATCH;
  const inputs = open.map(({ name, shape }): ModelInput => {
    const own = shape.slice(1).map((size) => {
      if (typeof size === 'number' && size > 0) return size;
      throw refuse(`input ${name} has an open size`);
    });
    return { name, shape: own, isScalar: shape.length < 2 };
  });
  // Sizes of the output are often left open: one run tells them.
  const trial = { inputs, output: '', batch, channels: 0, resolution: 0, labels };
  const outputs = await session.run(feedsOf(ort, trial, [0]));
  const found = Object.entries(outputs).find(([, { dims }]) => dims.length === 4);
  if (!found) throw refuse('no output has four dimensions');
  const [, channels, height, width] = found[1].dims;
  // What others have four dimensions for may be anything else; this program's are pictures of any number of wavelengths.
  const isPicture = isOwn || channels === 1 || channels === 3;
  if (height !== width || !isPicture) throw refuse(`its output is [${found[1].dims.join(', ')}]`);
  return { ...trial, output: found[0], channels, resolution: width };
}

async function generate(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  shape: ModelShape,
  seeds: readonly number[],
): Promise<Float32Array> {
  const size = shape.channels * shape.resolution ** 2;
  const result = new Float32Array(seeds.length * size);
  for (let first = 0; first < seeds.length; first += shape.batch) {
    const part = seeds.slice(first, first + shape.batch);
    const outputs = await session.run(feedsOf(ort, shape, part));
    const data = outputs[shape.output].data as Float32Array;
    result.set(data.subarray(0, part.length * size), first * size);
  }
  return result;
}

/** Each picture's numbers depend on its seed and the input's name only; a model of fixed batch is filled up with zeros. */
function feedsOf(
  ort: typeof Ort,
  { inputs, batch, labels }: ModelShape,
  seeds: readonly number[],
): Record<string, Ort.Tensor> {
  return Object.fromEntries(
    inputs.map(({ name, shape, isScalar }) => {
      if (isScalar) return [name, new ort.Tensor('float32', Float32Array.of(1), [])];
      const length = shape.reduce((product, size) => product * size, 1);
      if (name === LABELS_INPUT) {
        const rows = labelRows(labels ?? equalLabels(length), seeds, batch, undefined);
        return [name, new ort.Tensor('float32', rows, [batch, ...shape])];
      }
      const data = new Float32Array(batch * length);
      seeds.forEach((seed, row) => {
        const random = createRandom(seed).fork(name === 'latents' ? 'latent' : name);
        for (let i = 0; i < length; i++) data[row * length + i] = random.normal();
      });
      return [name, new ort.Tensor('float32', data, [batch, ...shape])];
    }),
  );
}

/** Every class as often as any other, where the model does not tell. */
function equalLabels(classes: number): LabelClasses {
  const names = Array.from({ length: classes }, (_, i) => String(i));
  return { names, counts: names.map(() => 1) };
}

/** Key and value of every entry of the model's metadata. */
function readMetadata(bytes: Uint8Array, path: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const { number, value } of readFields(bytes, path)) {
    if (number !== METADATA_FIELD || typeof value === 'number') continue;
    const fields = new Map([...readFields(value, path)].map((field) => [field.number, field.value]));
    entries.set(textOf(fields.get(1) ?? new Uint8Array()), textOf(fields.get(2) ?? new Uint8Array()));
  }
  return entries;
}
