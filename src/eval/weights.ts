/** The use case of `weights`: say which genuine weights are here, or fetch them. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Effects } from '../core/effects.ts';
import { exists } from '../core/files.ts';
import type { Workspace } from '../core/workspace.ts';
import { fetchWeights } from './inception/fetch.ts';
import { identify, KNOWN_FILES, KNOWN_NAMES, type KnownFile, weightsFolder } from './inception/genuine.ts';

export const weightsOptions = z.strictObject({
  action: z.enum(['status', 'fetch']).default('status').describe('status: what is here; fetch: download'),
  which: z
    .enum(KNOWN_NAMES)
    .default('torch')
    .describe('file to fetch: the PyTorch port, or the original frozen graph'),
  url: z
    .string()
    .refine(isWebAddress, 'must be an http or https address')
    .optional()
    .describe('fetch from this address instead, a mirror: size and hash are checked all the same'),
});

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

export type WeightsOptions = z.output<typeof weightsOptions>;

export interface WeightsContext {
  workspace: Workspace;
  effects: Effects;
  dryRun?: boolean;
}

export interface WeightsStatus {
  which: string;
  path: string;
  summary: string;
  url: string;
  /** absent; genuine; other: a file of that name with other content. */
  state: 'absent' | 'genuine' | 'other';
  sha256: string | undefined;
}

/** The state of every known file after what was asked for. */
export async function manageWeights(
  options: WeightsOptions,
  context: WeightsContext,
): Promise<WeightsStatus[]> {
  const { workspace, effects, dryRun } = context;
  if (options.action === 'fetch' && !dryRun) {
    const known: KnownFile = KNOWN_FILES[options.which];
    await fetchWeights({ ...known, url: options.url ?? known.url }, workspace, effects);
  }
  return Promise.all(KNOWN_NAMES.map((which) => statusOf(which, workspace)));
}

async function statusOf(which: (typeof KNOWN_NAMES)[number], workspace: Workspace): Promise<WeightsStatus> {
  const { file, summary, url } = KNOWN_FILES[which];
  const path = join(weightsFolder(workspace), file);
  if (!(await exists(path))) return { which, path, summary, url, state: 'absent', sha256: undefined };
  const { known, sha256 } = await identify(path);
  return { which, path, summary, url, state: known ? 'genuine' : 'other', sha256 };
}
