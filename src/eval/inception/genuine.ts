/**
 * The files that hold the genuine weights, and their loading. A number computed with any other weights is not a FID,
 * however alike the network: a file is used only when its size and hash are known here.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SunganError } from '../../core/errors.ts';
import { exists, sha256OfFile } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { readFrozenGraph } from './frozen-graph.ts';
import { readTorchFile } from './torch-file.ts';
import { checkWeights, type InceptionWeights } from './weights.ts';

export interface KnownFile {
  readonly file: string;
  readonly summary: string;
  readonly bytes: number;
  /** The whole hash, or its beginning where the publisher gives no more. */
  readonly sha256: string;
  readonly url: string;
  /** The file lies in a gzipped tar of this size and hash. */
  readonly archive?: { readonly bytes: number; readonly sha256: string };
  read(path: string): Promise<InceptionWeights>;
}

export const KNOWN_FILES = {
  torch: {
    file: 'pt_inception-2015-12-05-6726825d.pth',
    summary: 'the port of mseitzer/pytorch-fid, 96 MB',
    bytes: 95_628_359,
    // PyTorch's hub puts the first eight digits of the hash into the name of the file.
    sha256: '6726825d',
    url: 'https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth',
    read: readTorchFile,
  },
  graph: {
    file: 'classify_image_graph_def.pb',
    summary: 'the frozen graph of the original, 89 MB packed',
    bytes: 95_673_916,
    sha256: '009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6',
    url: 'http://download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz',
    archive: {
      bytes: 88_931_400,
      sha256: 'f6b539e07358fc4622efdd40cdb5577672c46cd416bbfccf9d4d2438f9b93a1c',
    },
    read: readFrozenGraph,
  },
} satisfies Record<string, KnownFile>;

export type KnownName = keyof typeof KNOWN_FILES;
export const KNOWN_NAMES = Object.keys(KNOWN_FILES) as [KnownName, ...KnownName[]];

export interface GenuineWeights {
  readonly weights: InceptionWeights;
  readonly file: string;
  readonly sha256: string;
}

const HOW_TO_GET =
  '`sungan weights fetch` downloads them (96 MB); on a machine without network copy the file there and give it with --weights';

export function weightsFolder(workspace: Workspace): string {
  return join(workspace.cache, 'weights');
}

/** The weights in `given`, or those in the workspace's cache; refuses when there are none or they are not genuine. */
export async function loadGenuineWeights(
  given: string | undefined,
  workspace: Workspace,
): Promise<GenuineWeights> {
  const path = given ?? (await cachedFile(workspace));
  if (path === undefined) {
    throw new SunganError(
      'data',
      'FID and its kin need the weights of the Inception network, which are not here',
      {
        where: weightsFolder(workspace),
        remedy: HOW_TO_GET,
      },
    );
  }
  const { known, sha256 } = await identify(path);
  if (!known) {
    throw new SunganError(
      'data',
      'these are not the genuine weights, and a distance made with others may not be called FID',
      {
        where: `${path}, sha256 ${sha256.slice(0, 16)}...`,
        remedy: HOW_TO_GET,
      },
    );
  }
  const weights = await known.read(path);
  checkWeights(weights, path);
  return { weights, file: known.file, sha256 };
}

async function cachedFile(workspace: Workspace): Promise<string | undefined> {
  for (const { file } of Object.values(KNOWN_FILES)) {
    const path = join(weightsFolder(workspace), file);
    if (await exists(path)) return path;
  }
  return undefined;
}

/** Which of the known files this is, by size and hash. */
export async function identify(path: string): Promise<{ known: KnownFile | undefined; sha256: string }> {
  const facts = await stat(path).catch((cause) => {
    throw new SunganError('usage', 'no such file', { where: path, remedy: HOW_TO_GET, cause });
  });
  if (!facts.isFile()) {
    const names = Object.values(KNOWN_FILES).map(({ file }) => file);
    throw new SunganError('usage', 'not a file', {
      where: path,
      remedy: `give the file of weights itself: ${names.join(' or ')}`,
    });
  }
  const sha256 = await sha256OfFile(path);
  const files: readonly KnownFile[] = Object.values(KNOWN_FILES);
  const known = files.find((file) => file.bytes === facts.size && sha256.startsWith(file.sha256));
  return { known, sha256 };
}
