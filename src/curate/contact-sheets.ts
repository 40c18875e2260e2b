/** The command's use case: the contact sheets of a dataset that is there, made anew. */
import { join } from 'node:path';
import { z } from 'zod';
import { openCatalog } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { insideWorkspace, type Workspace } from '../core/workspace.ts';
import { writeContactSheets, writeMonthSheets, writeReasonSheets } from './contact-sheet.ts';
import { readManifest } from './manifest.ts';

export const contactSheetOptions = z.strictObject({
  name: z.string().default('aia-193').describe('name of the dataset'),
  by: z
    .enum(['all', 'reason', 'month'])
    .default('all')
    .describe('one sheet of all, or one for each reason of rejection, or for each month'),
});

const SHEETS = { all: writeContactSheets, reason: writeReasonSheets, month: writeMonthSheets };

export type ContactSheetOptions = z.output<typeof contactSheetOptions>;

/** Paths of the PNG files. */
export async function contactSheets(
  { name, by }: ContactSheetOptions,
  workspace: Workspace,
): Promise<string[]> {
  const directory = join(workspace.datasets, name);
  const manifest = await readManifest(directory);
  if (!manifest) {
    throw new SunganError('data', `there is no dataset '${name}'`, {
      where: directory,
      remedy: 'make it with `sungan curate`; `sungan status` lists those that are there',
    });
  }
  const catalog = openCatalog(workspace.catalog);
  try {
    const resolvePath = (path: string) => insideWorkspace(workspace, path);
    return await SHEETS[by]({ manifest, directory, catalog, resolvePath });
  } finally {
    catalog.close();
  }
}
