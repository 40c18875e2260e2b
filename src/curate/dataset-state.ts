import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCoordinates } from './coordinates.ts';
import type { Manifest } from './manifest.ts';
import type { DatasetState } from './store.ts';

/** What the next commit builds upon. */
export async function openState(directory: string, manifest: Manifest): Promise<DatasetState> {
  const coordinates = await decodeCoordinates(manifest.count, (path) => readFile(join(directory, path)));
  return { manifest, coordinates };
}
