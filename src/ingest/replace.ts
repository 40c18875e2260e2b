/** Definitive frames take the place of the preliminary ones of their slots. Only the holder of the lock may call this. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog, Frame } from '../catalog/index.ts';
import type { Workspace } from '../core/workspace.ts';
import { partPath } from './part-file.ts';
import { ARCHIVES, type ArchiveSource } from './sources/index.ts';

/** Reason of the state `superseded`. */
const REPLACED = 'replaced by the definitive frame';

/** Behind the name of a definitive product: that of its preliminary twin. */
const PRELIMINARY = '_nrt';

/** The definitive frame of `row` is there: the preliminary one of its slot goes, or is no longer missed. */
export async function retirePreliminary(
  source: string,
  { product, wavelength, slot }: Frame,
  catalog: Catalog,
  workspace: Workspace,
): Promise<void> {
  const row = catalog.frameOfSlot({ source, product: product + PRELIMINARY, wavelength, slot });
  if (row && row.state !== 'superseded') await retire(row, catalog, workspace);
}

/**
 * The same for all slots at once, at the beginning of a run over either source: a run may have died between the two
 * steps, and a preliminary frame may be asked for when the definitive one has long been there.
 */
export async function retireOutdated(
  source: ArchiveSource,
  product: string,
  catalog: Catalog,
  workspace: Workspace,
): Promise<void> {
  const definitive = source.supersedes
    ? source
    : Object.values(ARCHIVES).find(({ supersedes }) => supersedes === source.name);
  if (!definitive) return;
  const definitiveProduct = product.endsWith(PRELIMINARY) ? product.slice(0, -PRELIMINARY.length) : product;
  const outdated = catalog.outdated(
    { source: definitive.supersedes!, product: definitiveProduct + PRELIMINARY },
    { source: definitive.name, product: definitiveProduct },
  );
  for (const row of outdated) await retire(row, catalog, workspace);
}

/** A row that says it is superseded keeps its path until the file is gone, so that a killed run is tidied up after. */
export async function retire(row: Frame, catalog: Catalog, workspace: Workspace): Promise<void> {
  catalog.setState(row.id, 'superseded', REPLACED);
  if (row.path) {
    const absolute = join(workspace.root, row.path);
    await rm(partPath(absolute), { force: true });
    await rm(absolute, { force: true });
  }
  catalog.forgetFile(row.id, 'superseded', REPLACED);
}
