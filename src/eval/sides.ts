/** The two sides of a comparison as sets of pictures: of one size, and of one space. */
import { SunganError } from '../core/errors.ts';
import type { Transform } from '../curate/index.ts';
import type { ImageSet } from './image-set.ts';
import type { Linear } from './metric.ts';
import { linearOfChannels } from './metrics/solar-channels.ts';
import type { EvalOptions } from './options.ts';
import type { Source } from './sources/index.ts';

export interface Sides {
  real: Source;
  fake: Source;
  /** Where the scores go; undefined: only to standard output. */
  out: string | undefined;
}

export function pictureSets(sides: Sides, options: EvalOptions) {
  const { real, fake } = sides;
  const resolution = commonResolution(real, fake, options.resolution);
  const request = { resolution, count: options.count, seed: options.seed };
  const inTransformSpace = (source: Source, set: ImageSet) =>
    options.values === 'dn' && source.white !== undefined
      ? fromDn(set, source.white, transformsOf(sides))
      : set;
  const reals = inTransformSpace(real, real.images(request));
  const fakesOf = (count: number) =>
    inSpaceOf(sides, inTransformSpace(fake, fake.images({ ...request, count })));
  return {
    real: reals,
    // A generator makes no more than can be compared,
    fake: fakesOf(Math.min(options.count, reals.count)),
    // except for metrics that take more generated pictures than there are reals.
    moreFakes: fake.generated && options.count > reals.count ? fakesOf(options.count) : undefined,
    otherReals: real.others?.(request),
    training: real.training?.(request),
  };
}

/** A generator that learnt from another transform is judged in the space of the reals, through DN. */
function inSpaceOf({ real, fake }: Sides, set: ImageSet): ImageSet {
  const [from, to] = [fake.transforms, real.transforms];
  if (!from || !to || recordsOf(from) === recordsOf(to)) return set;
  return mapPlanes(set, `${recordsOf(from)} to ${recordsOf(to)}`, (values, channel) =>
    to[channel].forward(from[channel].inverse(values)),
  );
}

function recordsOf(transforms: readonly Transform[]): string {
  return JSON.stringify(transforms.map(({ record }) => record));
}

/** Every channel of every picture changed; equal names are equal changes. */
function mapPlanes(
  set: ImageSet,
  name: string,
  change: (values: Float32Array, channel: number) => Float32Array,
): ImageSet {
  const area = set.width * set.height;
  return {
    ...set,
    identity: set.identity && `${set.identity}/${name}`,
    async read(indices) {
      const values = await set.read(indices);
      for (let plane = 0; plane * area < values.length; plane++) {
        const part = values.subarray(plane * area, (plane + 1) * area);
        part.set(change(part, plane % set.channels));
      }
      return values;
    },
  };
}

/** Pictures that hold DN, as the values that the other side was trained on. */
function fromDn(set: ImageSet, white: number, transforms: readonly Transform[] | undefined): ImageSet {
  if (!transforms) {
    throw new SunganError('usage', 'no transform is known for pictures in DN', {
      where: '--values dn',
      remedy: 'judge them against a data set or a run, which know theirs',
    });
  }
  return mapPlanes(set, `DN up to ${white} to ${recordsOf(transforms)}`, (values, channel) =>
    transforms[channel].forward(values.map((value) => value * white)),
  );
}

function transformsOf({ real, fake }: Sides): readonly Transform[] | undefined {
  return real.transforms ?? fake.transforms;
}

/** Both sides are in the space of the reals by now, or in the generator's where the reals are plain pictures. */
export function linearOf(sides: Sides): Linear | undefined {
  const transforms = transformsOf(sides);
  if (!transforms) return undefined;
  return linearOfChannels(
    (values, channel) => transforms[channel].inverse(values.map((value) => Math.min(1, Math.max(0, value)))),
    transforms,
    sides.real.channelNames ?? sides.fake.channelNames,
  );
}

function commonResolution(real: Source, fake: Source, wanted: number | undefined): number {
  const common = fake.resolutions.filter((size) => real.resolutions.includes(size));
  const resolution = wanted ?? common[0];
  if (resolution !== undefined && common.includes(resolution)) return resolution;
  throw new SunganError('usage', wanted ? `cannot compare at ${wanted} pixels` : 'no common resolution', {
    where: `${real.label} (${real.resolutions.join(', ')}), ${fake.label} (${fake.resolutions.join(', ')})`,
    remedy:
      common.length > 0
        ? `--resolution can be ${common.join(', ')}`
        : 'curate the data at the resolution of the pictures',
  });
}
