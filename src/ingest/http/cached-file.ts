/**
 * Tables that many runs share (pointing, events, an archive's index), kept in the workspace's cache with hash and date.
 * Without a network the kept copy serves, however old; only where there is none does the run go without.
 */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuxFile, Catalog } from '../../catalog/index.ts';
import { sha256OfBytes, writeAtomic } from '../../core/files.ts';
import { insideWorkspace, type Workspace } from '../../core/workspace.ts';
import type { Engine } from './engine.ts';
import { type Problem, problem } from './problem.ts';

export interface CachedFileRequest {
  /** Key in the catalog and path in the cache: `tables/pointing.csv`. */
  name: string;
  /** The same table at several places, best first. */
  urls: readonly string[];
  /** A copy younger than this is not asked for again. */
  maxAgeMs: number;
  maxBytes: number;
  /** The one content that it may have, where that is published. */
  sha256?: string;
  /** What is wrong with the content, if anything: an error page must not replace a good copy. */
  check?(text: string): string | undefined;
}

export type CachedFile =
  | { ok: true; text: string; file: AuxFile; isFresh: boolean }
  | { ok: false; problem: Problem };

/** By how much clocks are off that nobody looks after. */
const CLOCK_ERROR_MS = 3_600_000;

export interface CacheContext {
  catalog: Catalog;
  workspace: Workspace;
  engine: Engine;
  now: Date;
}

export async function getCachedFile(request: CachedFileRequest, context: CacheContext): Promise<CachedFile> {
  const { now } = context;
  const kept = await readKept(request.name, context);
  if (kept && isYoung(kept.file, request.maxAgeMs, now)) return { ok: true, ...kept, isFresh: true };
  let failure: Problem | undefined;
  for (const url of request.urls) {
    const answer = await context.engine.getBytes([url], { maxBytes: request.maxBytes });
    const found = answer.ok ? verdictOn(answer.bytes, request) : answer.problem;
    if (answer.ok && !found) return { ok: true, ...(await keep(answer, request, context)), isFresh: true };
    // The same table at another place: it may be there, or whole there.
    failure ??= found;
  }
  return kept ? { ok: true, ...kept, isFresh: false } : { ok: false, problem: failure! };
}

/** A copy of the future was made when the clock was wrong: who knows how old it is. */
function isYoung({ fetchedAt }: AuxFile, maxAgeMs: number, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(fetchedAt);
  return ageMs >= -CLOCK_ERROR_MS && ageMs < maxAgeMs;
}

/** The kept copy, if it is still what was written: a hash that differs means that somebody edited it. */
async function readKept(
  name: string,
  { catalog, workspace }: CacheContext,
): Promise<{ text: string; file: AuxFile } | undefined> {
  const file = catalog.auxFile(name);
  if (!file) return undefined;
  const bytes = await readFile(join(workspace.root, file.path)).catch(() => undefined);
  return bytes && sha256OfBytes(bytes) === file.sha256 ? { text: textOf(bytes), file } : undefined;
}

function verdictOn(bytes: Buffer, { sha256, check }: CachedFileRequest): Problem | undefined {
  const found = sha256OfBytes(bytes);
  if (sha256 !== undefined && found !== sha256)
    return problem('corrupt', 'wrong content', `SHA-256 is ${found}, should be ${sha256}`);
  const wrong = check?.(textOf(bytes));
  return wrong === undefined ? undefined : problem('corrupt', 'wrong content', wrong);
}

async function keep(
  { bytes, url, validator }: { bytes: Buffer; url: string; validator: string | null },
  { name }: CachedFileRequest,
  { catalog, workspace, now }: CacheContext,
): Promise<{ text: string; file: AuxFile }> {
  const path = `cache/${name}`;
  await writeAtomic(insideWorkspace(workspace, path), bytes);
  const file = {
    name,
    url,
    path,
    bytes: bytes.length,
    sha256: sha256OfBytes(bytes),
    etag: validator,
    fetchedAt: now.toISOString(),
  };
  catalog.recordAuxFile(file);
  return { text: textOf(bytes), file };
}

/** UTF-8 where it is that, as most are by now, else latin-1, in which every byte is some character. */
function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}
