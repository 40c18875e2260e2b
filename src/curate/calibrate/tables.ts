/** Finds and reads the tables that a recipe needs: given as a file, or kept in the cache by the first stage. */
import { readFile } from 'node:fs/promises';
import type { Catalog } from '../../catalog/index.ts';
import { SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import { insideWorkspace, type Workspace } from '../../core/workspace.ts';
import type { CurateOptions } from '../options.ts';
import type { CalibrationTables } from './index.ts';
import { parsePointingTable } from './pointing-table.ts';
import { parseResponseTable } from './response-table.ts';

/** Names of the tables in the catalog. */
const POINTING_FILE = 'aia-pointing';
const RESPONSE_FILE = 'aia-response';

export interface ReadTables extends CalibrationTables {
  /** Of the response table; null where none is used. */
  responseSha256: string | null;
}

export async function readTables(
  options: CurateOptions,
  catalog: Catalog,
  workspace: Workspace,
): Promise<ReadTables> {
  const read = async (given: string | undefined, name: string, flag: string) => {
    const kept = catalog.auxFile(name);
    const path = given ?? (kept && insideWorkspace(workspace, kept.path));
    if (path === undefined) {
      throw new SunganError('data', `the table '${name}' is not in the cache`, {
        where: flag,
        remedy: `give its file: ${flag} FILE`,
      });
    }
    const text = await readFile(path, 'utf8').catch((cause) => {
      throw new SunganError('io', 'cannot read the table', { where: path, remedy: `check ${flag}`, cause });
    });
    return { text, path };
  };
  let pointing: CalibrationTables['pointing'];
  if (options.pointing === 'table') {
    const { text, path } = await read(options.pointingTable, POINTING_FILE, '--pointing-table');
    pointing = parsePointingTable(text, path);
  }
  if (options.degradation !== 'v10') return { pointing, response: undefined, responseSha256: null };
  const { text, path } = await read(options.responseTable, RESPONSE_FILE, '--response-table');
  return { pointing, response: parseResponseTable(text, path), responseSha256: sha256OfBytes(text) };
}
