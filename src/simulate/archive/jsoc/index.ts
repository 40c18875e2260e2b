/** JSOC as a service: its database (`jsoc_info`), its exports (`jsoc_fetch`), and the files of both. */
import type { IncomingMessage } from 'node:http';
import { sha256OfBytes } from '../../../core/files.ts';
import { pathOf } from '../../products.ts';
import { fileReply, type Routed, textReply } from '../reply.ts';
import type { FileStore } from '../store.ts';
import { createExports, isRegistered } from './exports.ts';
import { infoAnswer, seriesList } from './info.ts';
import { RecordSetError } from './record-set.ts';
import { createDatabase, type DatabaseOptions, type DatabaseRecord } from './records.ts';
import { spikesFile } from './spikes.ts';

export type { JsocOptions } from './options.ts';

export interface Jsoc {
  /** The answer to a request for `path` (no leading slash); undefined when the path is not JSOC's. */
  reply(request: IncomingMessage, path: string, url: URL): Promise<Routed | undefined>;
}

const PROGRAMS = 'cgi-bin/ajax/';

export function createJsoc(store: FileStore, options: DatabaseOptions, now: () => Date): Jsoc {
  const database = createDatabase(store, options);
  const exports = createExports(database, options, now);

  const program = async (name: string, parameters: URLSearchParams): Promise<Routed | undefined> => {
    switch (name) {
      case 'jsoc_info':
        return { reply: json(await withErrors(() => infoAnswer(database, parameters))), jsoc: 'query' };
      case 'jsoc_fetch':
        return { reply: json(exports.answer(parameters)), jsoc: 'export' };
      case 'show_series':
        return { reply: json(seriesList()), jsoc: 'query' };
      case 'checkAddress.sh':
        return { reply: json(addressAnswer(parameters.get('address') ?? '', options)), jsoc: 'query' };
      default:
        return undefined;
    }
  };

  const file = async (request: IncomingMessage, record: DatabaseRecord, segment: string, form?: 'bare') => {
    const filePath = pathOf(record.entry.id);
    const stored = await store.read(filePath, form);
    if (!stored) return undefined;
    if (segment !== 'spikes') return { reply: fileReply(request, stored), filePath };
    const bytes = spikesFile(record);
    return {
      reply: fileReply(request, { ...stored, bytes, etag: `"${sha256OfBytes(bytes).slice(0, 24)}"` }),
    };
  };

  return {
    async reply(request, path, url) {
      if (path.startsWith(PROGRAMS)) return program(path.slice(PROGRAMS.length), url.searchParams);
      const exported = exports.fileAt(`/${path}`);
      if (exported) return file(request, exported.record, exported.segment);
      const unit = /^SUM(\d+)\/D(\d+)\/S00000\/([\w.]+)$/.exec(path);
      const record = unit && database.ofUnit(Number(unit[2]));
      if (!record?.isOnline || record.isLost || record.sunum % 90 !== Number(unit![1])) return undefined;
      const segment = record.series.segments.find((one) => one.file === unit![3]);
      return segment && file(request, record, segment.name, 'bare');
    },
  };
}

/** The programs answer with HTTP 200 whatever happened. */
async function withErrors(answer: () => Promise<object>): Promise<object> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof RecordSetError) return { status: 1, error: error.message };
    throw error;
  }
}

function json(answer: object) {
  return textReply(200, 'application/json', `${JSON.stringify(answer)}\n`);
}

/** 2: registered, 4: unknown. */
function addressAnswer(address: string, options: DatabaseOptions): object {
  if (!address.includes('@')) return { status: -1, msg: 'Not a valid address' };
  return isRegistered(address, options)
    ? { status: 2, msg: 'Email address is valid and registered' }
    : { status: 4, msg: 'Email address is valid but not registered' };
}
