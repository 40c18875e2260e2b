/**
 * HelioCloud's bucket behind the REST of S3: `catalog.json`, a registry for each channel and year, listings
 * (ListObjectsV2), objects, errors in XML. Frames are not compressed, so that their size is known without drawing them.
 */
import type { IncomingMessage } from 'node:http';
import { sha256OfBytes } from '../../../core/files.ts';
import { fileBytesOf } from '../../frame.ts';
import { pathOf } from '../../products.ts';
import { fileReply, type Reply, type Routed, textReply } from '../reply.ts';
import type { FileStore, StoredEntry } from '../store.ts';
import { type BucketEntry, catalogJson, REGISTRIES, registriesOf } from './registries.ts';
import { listing, noSuchKey } from './s3-xml.ts';

export interface Bucket {
  /** The answer to a request for `path` (no leading slash); undefined when the path is not the bucket's. */
  reply(request: IncomingMessage, path: string, url: URL): Promise<Routed | undefined>;
}

/** What the bucket holds while these slots have come. */
interface Contents {
  slots: readonly StoredEntry[];
  entries: BucketEntry[];
  texts: Map<string, string>;
}

const CATALOG = 'catalog.json';
const ROOT = 'sdo/';

export function createBucket(store: FileStore): Bucket {
  // One size for all: the number of header cards does not depend on the frame.
  let bytes: number | undefined;
  let latest: Contents | undefined;
  const contents = (): Contents => {
    const slots = store.entries('aia-heliocloud');
    if (latest?.slots === slots) return latest;
    const entries = slots
      .filter(({ planned }) => planned !== 'absent')
      .map(({ id, contents: { seed, size, cadenceMs } }) => {
        bytes ??= fileBytesOf({ id, seed, size, stepMs: cadenceMs });
        return { id, key: pathOf(id), bytes };
      });
    const texts = new Map([[CATALOG, catalogJson(entries)], ...registriesOf(entries)]);
    latest = { slots, entries, texts };
    return latest;
  };

  return {
    async reply(request, path, url) {
      if (path === '' && url.searchParams.has('list-type')) {
        const { texts, entries } = contents();
        const small = [...texts].map(([key, text]) => ({ key, bytes: Buffer.byteLength(text) }));
        return { reply: xml(200, listing([...small, ...entries], url.searchParams)) };
      }
      if (path !== CATALOG && !path.startsWith(ROOT)) return undefined;
      const text = path === CATALOG || path.startsWith(REGISTRIES) ? contents().texts.get(path) : undefined;
      if (text !== undefined) return { reply: fileReply(request, textFile(path, text)) };
      const file = await store.read(path);
      if (!file) return { reply: xml(404, noSuchKey(path)) };
      return { reply: fileReply(request, { ...file, type: 'binary/octet-stream' }), filePath: path };
    },
  };
}

function xml(status: number, text: string): Reply {
  return textReply(status, 'application/xml', text);
}

function textFile(path: string, text: string) {
  const bytes = Buffer.from(text);
  const type = path.endsWith('.json') ? 'application/json' : 'text/csv';
  const etag = `"${sha256OfBytes(bytes).slice(0, 32)}"`;
  return { bytes, etag, modified: new Date(Date.UTC(2023, 0, 31)), type, cards: [] };
}
