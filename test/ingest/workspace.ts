/** A workspace in a temporary folder, a clock that does not wait, and what an audit of both finds. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { type Catalog, openCatalog } from '../../src/catalog/index.ts';
import type { Clock } from '../../src/core/clock.ts';
import { type Effects, quietEffects } from '../../src/core/effects.ts';
import { sha256OfBytes } from '../../src/core/files.ts';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';
import { type IngestOptions, ingestOptions } from '../../src/ingest/index.ts';

export interface TestWorkspace extends Workspace {
  remove(): void;
  withCatalog<Result>(look: (catalog: Catalog) => Result): Result;
}

export function temporaryWorkspace(): TestWorkspace {
  const workspace = openWorkspace(mkdtempSync(join(tmpdir(), 'sungan-ingest-')));
  return {
    ...workspace,
    remove: () => rmSync(workspace.root, { recursive: true, force: true }),
    withCatalog(look) {
      const catalog = openCatalog(workspace.catalog);
      try {
        return look(catalog);
      } finally {
        catalog.close();
      }
    },
  };
}

/** Pauses take no time, but the clock shows that they were made. */
export function fastClock(start = '2020-06-01T00:00:00Z'): Clock & { slept: number[] } {
  let time = Date.parse(start);
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(time),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      time += milliseconds;
    },
  };
}

export function fastEffects(overrides: Partial<Effects> = {}): Effects {
  return quietEffects({ clock: fastClock(), ...overrides });
}

export function options(values: Partial<Record<keyof IngestOptions, unknown>>): IngestOptions {
  return ingestOptions.parse(values);
}

/** None when there is no such folder. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Everything that is wrong between the files in `raw/` and the rows of the catalog; empty when all agree. */
export function audit(workspace: TestWorkspace): string[] {
  const faults: string[] = [];
  const rows = workspace.withCatalog((catalog) =>
    catalog.frames({ states: ['stored'] }).map(({ path, sha256, bytes }) => ({ path: path!, sha256, bytes })),
  );
  const known = new Set(rows.map((row) => row.path));
  const onDisk = filesUnder(workspace.raw).map((path) => relative(workspace.root, path).split(sep).join('/'));
  for (const path of onDisk) {
    if (path.endsWith('.part')) faults.push(`part file left: ${path}`);
    else if (!known.has(path)) faults.push(`file without row: ${path}`);
  }
  for (const row of rows) {
    if (!onDisk.includes(row.path)) {
      faults.push(`row without file: ${row.path}`);
      continue;
    }
    const content = readFileSync(join(workspace.root, row.path));
    if (content.length !== row.bytes || sha256OfBytes(content) !== row.sha256)
      faults.push(`file differs from row: ${row.path}`);
  }
  return faults;
}
