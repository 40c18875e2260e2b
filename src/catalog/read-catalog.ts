/**
 * Looking without writing. SQLite wants to write beside a file in WAL mode even to read it, so a catalog on a read-only
 * disk, or of somebody else, is looked at in a temporary copy.
 */
import { chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSunganError, SunganError } from '../core/errors.ts';
import { type Catalog, openCatalog } from './catalog.ts';

/** What SQLite says of a place where it may not write. */
const NOT_WRITABLE = /^SQLITE_(CANTOPEN|READONLY|PERM|IOERR_LOCK)/;

/** Runs `look` over the catalog at `path`, which must exist; nothing that it changes need be kept. */
export function readCatalog<Result>(path: string, look: (catalog: Catalog) => Result): Result {
  const catalog = openToRead(path);
  try {
    return look(catalog);
  } finally {
    catalog.close();
  }
}

/** The catalog at `path`, which must exist, to be looked at: of a copy, `close` takes the copy away. */
export function openToRead(path: string): Catalog {
  try {
    return openCatalog(path);
  } catch (error) {
    const { code } = (isSunganError(error) ? (error.cause ?? {}) : {}) as { code?: string };
    if (code === undefined || !NOT_WRITABLE.test(code)) throw error;
    return openCopy(path);
  }
}

function openCopy(path: string): Catalog {
  let folder: string | undefined;
  const remove = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'sungan-catalog-'));
    const copy = join(folder, 'catalog.sqlite');
    // What a running or killed writer has not yet folded into the file lies beside it.
    for (const suffix of ['', '-wal']) {
      if (suffix !== '' && !existsSync(path + suffix)) continue;
      copyFileSync(path + suffix, copy + suffix, constants.COPYFILE_FICLONE);
      chmodSync(copy + suffix, 0o600);
    }
    const catalog = openCatalog(copy);
    return {
      ...catalog,
      close() {
        catalog.close();
        remove();
      },
    };
  } catch (cause) {
    remove();
    if (isSunganError(cause)) throw cause;
    throw new SunganError('io', `cannot read the catalog: ${(cause as Error).message}`, {
      where: path,
      remedy: `it lies where nothing can be written, so that it is copied to ${tmpdir()} first: check the permissions and the room there (TMPDIR names another place)`,
      cause,
    });
  }
}
