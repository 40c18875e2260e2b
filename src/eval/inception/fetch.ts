/** Download of the genuine weights: resumed where it broke off, put in place only when size and hash are right. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request } from 'undici';
import { PART_SUFFIX } from '../../core/abandoned.ts';
import { type Effects, throwIfStopped } from '../../core/effects.ts';
import { SunganError } from '../../core/errors.ts';
import { sha256OfFile, syncFolder, writeAtomic } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { identify, type KnownFile, weightsFolder } from './genuine.ts';
import { tarMember } from './tar.ts';

export interface FetchResult {
  readonly path: string;
  readonly sha256: string;
  /** False when the genuine file was there already. */
  readonly downloaded: boolean;
}

const MOST_REDIRECTS = 5;
/** Silence of the server after which a try is given up. */
const TIMEOUT_MS = 60_000;
const TRIES = 4;

/** What another try would not change. */
class Refusal extends Error {}

export async function fetchWeights(
  known: KnownFile,
  workspace: Workspace,
  effects: Effects,
): Promise<FetchResult> {
  const path = join(weightsFolder(workspace), known.file);
  const present = await stat(path).catch(() => undefined);
  if (present) {
    const { known: found, sha256 } = await identify(path);
    if (found) return { path, sha256, downloaded: false };
    effects.log.warn(`${path} is not the genuine file: it is fetched anew`);
  }
  await mkdir(dirname(path), { recursive: true });
  const expected = known.archive ?? known;
  const part = `${path}${known.archive ? '.tgz' : ''}${PART_SUFFIX}`;
  await download(known.url, part, expected.bytes, effects);
  const sha256 = await sha256OfFile(part);
  if (!sha256.startsWith(expected.sha256)) {
    await rm(part);
    throw new SunganError('data', `what came has another hash: ${sha256}, expected ${expected.sha256}...`, {
      where: known.url,
      remedy:
        'try again; if it stays so, the file was changed at its source: get it elsewhere and give it with --weights',
    });
  }
  if (!known.archive) {
    await rename(part, path);
    await syncFolder(dirname(path));
    return { path, sha256, downloaded: true };
  }
  await unpack(part, path, known);
  return { path, sha256: (await identify(path)).sha256, downloaded: true };
}

async function unpack(archive: string, path: string, known: KnownFile): Promise<void> {
  const member = tarMember(await promisify(gunzip)(await readFile(archive)), known.file, archive);
  if (member?.length !== known.bytes) {
    throw new SunganError('format', `${known.file} is not in the archive`, {
      where: archive,
      remedy: 'delete it and try again',
    });
  }
  await writeAtomic(path, member);
  await rm(archive);
}

/** Answers that are no other a few seconds later: the file is not there, or not for us. */
const isFinal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** Goes on behind what `part` already holds; a server that cannot starts from the beginning. */
async function download(url: string, part: string, bytes: number, effects: Effects): Promise<void> {
  const progress = effects.progress('weights', bytes / 1e6, 'MB');
  progress.advance((await sizeOf(part)) / 1e6);
  for (let attempt = 1; (await sizeOf(part)) !== bytes; attempt++) {
    throwIfStopped(effects.signal);
    if ((await sizeOf(part)) > bytes) await rm(part);
    try {
      await transfer(url, part, effects.signal, (count) => progress.advance(count / 1e6));
    } catch (cause) {
      throwIfStopped(effects.signal);
      if (attempt >= TRIES || cause instanceof Refusal) {
        throw new SunganError('network', `cannot fetch the weights: ${(cause as Error).message}`, {
          where: url,
          remedy:
            'check the network and run this again: it goes on where it stopped; or fetch the file by other means and give it with --weights',
          cause,
        });
      }
      effects.log.warn(`${(cause as Error).message}; trying again`);
      await effects.clock.sleep(1000 * 2 ** attempt, effects.signal);
    }
    if (attempt >= TRIES && (await sizeOf(part)) !== bytes) {
      throw new SunganError(
        'network',
        `the server sends ${await sizeOf(part)} bytes, ${bytes} were expected`,
        { where: url },
      );
    }
  }
  progress.done();
}

async function transfer(
  url: string,
  part: string,
  signal: AbortSignal,
  received: (count: number) => void,
): Promise<void> {
  const begin = await sizeOf(part);
  const { statusCode, body } = await follow(url, begin, signal);
  if (statusCode !== 200 && statusCode !== 206) {
    await body.dump();
    const answer = `the server answers ${statusCode}`;
    throw isFinal(statusCode) ? new Refusal(answer) : new Error(answer);
  }
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(body, counter, createWriteStream(part, { flags: statusCode === 206 ? 'a' : 'w' }), {
    signal,
  });
}

async function follow(url: string, begin: number, signal: AbortSignal) {
  let address = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await request(address, {
      headers: begin > 0 ? { range: `bytes=${begin}-` } : {},
      signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const { location } = response.headers;
    if (response.statusCode < 300 || response.statusCode >= 400 || typeof location !== 'string')
      return response;
    await response.body.dump();
    address = new URL(location, address).href;
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects`);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
