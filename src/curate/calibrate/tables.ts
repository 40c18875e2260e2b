/** Finds and reads the tables that a recipe needs: given as a file, or kept in the cache by the first stage. */
import { readFile } from 'node:fs/promises';
import type { Catalog } from '../../catalog/index.ts';
import { SunganError } from '../../core/errors.ts';
import { sha256OfBytes } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { type TableName, tablePath } from '../../ingest/index.ts';
import { channelOf } from '../channels.ts';
import { type CurateOptions, channelNames } from '../options.ts';
import { type F107Table, parseF107 } from './f107.ts';
import type { CalibrationTables } from './index.ts';
import { parsePointingTable } from './pointing-table.ts';
import { epochsOf, parseResponseTable } from './response-table.ts';

export interface ReadTables extends CalibrationTables {
  /** Undefined unless the set is balanced. */
  flux: F107Table | undefined;
  /** Of the response table; null where none is used. */
  responseSha256: string | null;
}

export async function readTables(
  options: CurateOptions,
  catalog: Catalog,
  workspace: Workspace,
): Promise<ReadTables> {
  const read = async (given: string | undefined, name: TableName, flag: string) => {
    const path = given ?? tablePath(workspace, catalog, name);
    if (path === undefined) {
      throw new SunganError('data', `the table '${name}' is not in the cache`, {
        where: flag,
        remedy: `fetch it with \`sungan ingest --tables ${name}\`, or give its file: ${flag} FILE`,
      });
    }
    const text = await readFile(path, 'utf8').catch((cause) => {
      throw new SunganError('io', 'cannot read the table', { where: path, remedy: `check ${flag}`, cause });
    });
    return { text, path };
  };
  let pointing: CalibrationTables['pointing'];
  if (options.pointing === 'table') {
    const { text, path } = await read(options.pointingTable, 'pointing', '--pointing-table');
    pointing = parsePointingTable(text, path);
    for (const { name } of aiaChannels(options)) {
      if (pointing.some(({ channels }) => channels[name])) continue;
      throw new SunganError('data', `the pointing table has nothing of ${name} angstrom`, {
        where: path,
        remedy:
          'use a table of aia.master_pointing3h with its columns (mirrors leave some out), or --pointing header',
      });
    }
  }
  let flux: F107Table | undefined;
  if (options.balance === 'f107') {
    const { text, path } = await read(options.fluxTable, 'f107', '--flux-table');
    flux = parseF107(text, path);
  }
  if (options.degradation !== 'v10') return { pointing, flux, response: undefined, responseSha256: null };
  const { text, path } = await read(options.responseTable, 'response', '--response-table');
  const response = parseResponseTable(text, path);
  for (const { name, wavelength } of aiaChannels(options)) {
    if (epochsOf(response, wavelength).length > 0) continue;
    throw new SunganError('data', `the response table has no version 10 epochs of ${name} angstrom`, {
      where: path,
      remedy:
        'use aia_V10_20201119_190000_response_table.txt of SolarSoft, or --degradation empirical or none',
    });
  }
  return { pointing, flux, response, responseSha256: sha256OfBytes(text) };
}

const aiaChannels = (options: CurateOptions) =>
  channelNames(options)
    .map(channelOf)
    .filter(({ instrument }) => instrument === 'AIA');
