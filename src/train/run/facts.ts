/** What a checkpoint says of itself besides its tensors: strings of JSON in the header of its file. */
import { z } from 'zod';
import { SunganError } from '../../core/errors.ts';
import type { TransformRecord } from '../../curate/index.ts';
import type { NetworkOptions } from '../assemble.ts';
import type { LabelFacts } from '../labels.ts';
import type { Counters } from '../state.ts';

const FORMAT = 'sungan-checkpoint-1';

export interface CheckpointFacts {
  network: NetworkOptions;
  /** Side of the images that are learnt now, and how far the newest layers of a growing network are faded in. */
  side: number;
  fade: number;
  counters: Counters;
  seed: number;
  dataset: {
    name: string;
    hash: string;
    transforms: readonly TransformRecord[];
    simulated: boolean;
    /** Of a conditional network. */
    labels?: LabelFacts | undefined;
  };
}

export function writeFacts({
  network,
  side,
  fade,
  counters,
  seed,
  dataset,
}: CheckpointFacts): Record<string, string> {
  return {
    format: FORMAT,
    note: 'Weights of a generative model. What it makes is not an observation of the Sun.',
    network: JSON.stringify(network),
    side: String(side),
    fade: String(fade),
    counters: JSON.stringify(counters),
    seed: String(seed),
    dataset: JSON.stringify(dataset),
  };
}

const count = z.int().min(0);
const size = z.int().positive();
const counters: z.ZodType<Counters> = z.object({
  step: count,
  images: count,
  tick: count,
  stage: count,
  applied: z.object({ generator: count, discriminator: count }),
  augment: z.object({ strength: z.number(), signs: z.number(), count }),
  variety: z.object({ best: z.number(), flatTicks: count }),
  sums: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
const schema = z.object({
  network: z.object({
    architecture: z.enum(['stylegan2', 'pggan']),
    resolution: size,
    latentSize: size,
    styleSize: size,
    mappingLayers: size,
    channelBase: size,
    channelMax: size,
    channels: size,
    labelCount: count.optional(),
  }),
  side: size,
  fade: z.number(),
  counters,
  seed: z.number(),
  dataset: z.object({
    name: z.string(),
    hash: z.string(),
    transforms: z.array(z.custom<TransformRecord>((value) => typeof value === 'object' && value !== null)),
    simulated: z.boolean(),
    labels: z
      .object({
        kind: z.enum(['year', 'month', 'activity']),
        names: z.array(z.string()),
        counts: z.array(count),
        source: z.string(),
      })
      .optional(),
  }),
});

export function readFacts(metadata: Readonly<Record<string, string>>, path: string): CheckpointFacts {
  if (metadata['format'] !== FORMAT) throw unfit(path, 'not a checkpoint of this program');
  const facts = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, parseJson(metadata[key])]));
  const result = schema.safeParse(facts);
  // As they stand in the file: written again, they are the same bytes.
  if (result.success) return facts as unknown as CheckpointFacts;
  throw unfit(path, `damaged in its header: ${result.error.issues[0]!.path.join('.')}`);
}

export function unfit(path: string, reason: string): SunganError {
  return new SunganError('format', reason, { where: path, remedy: 'take another checkpoint of the run' });
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
