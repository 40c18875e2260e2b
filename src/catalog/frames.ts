/** Slots and the frames that fill them. */
import type { Database } from 'better-sqlite3';
import type {
  Frame,
  FrameCount,
  FrameFacts,
  FrameFilter,
  FrameState,
  Gap,
  HeaderRecord,
  SlotKey,
} from './types.ts';

export interface FrameTable {
  /** Makes sure that each slot has a row; rows that are there keep their state. */
  expectSlots(keys: readonly SlotKey[]): void;
  /** Frames that pass the filter, in the order of their slots. */
  frames(filter: FrameFilter): Frame[];
  frame(id: number): Frame | undefined;
  frameOfSlot(key: SlotKey): Frame | undefined;
  /** The frame to which that file of the workspace belongs, stored or on its way. */
  frameOfPath(path: string): Frame | undefined;
  /** The stored frame with that content, if any. */
  storedWithHash(sha256: string): Frame | undefined;
  /** The stored frame nearest in slot time; of two equally near ones the earlier. */
  nearest(source: string, product: string, wavelength: number, time: string): Frame | undefined;
  /** Frames that a run was fetching or replacing when it died: neither stored nor without a file. */
  unfinished(): Frame[];
  /** Rows of `preliminary` whose slots are stored in `definitive`, and which do not say yet that they are superseded. */
  outdated(preliminary: ProductOfSource, definitive: ProductOfSource): Frame[];
  setState(id: number, state: FrameState, reason: string | null): void;
  /** One more run that asks the archive for this slot. */
  noteAsked(id: number): void;
  /** Notes that a transfer to `path` begins: a run that dies leaves this state, and the next one knows what to clean up. */
  beginDownload(id: number, url: string, path: string): void;
  /** Notes the entity tag of the file under way, so that a later run can ask for its rest. */
  noteEtag(id: number, etag: string | null): void;
  /** The file is in its place: state `stored`, with all that is known of it. */
  recordStored(id: number, facts: FrameFacts): void;
  /** Puts a slot back: its file is gone, was replaced, or was no frame (`corrupt`: one more such run). */
  forgetFile(id: number, state: FrameState, reason: string | null): void;
  countFrames(): FrameCount[];
  /** First and last slot that are stored. */
  storedRange(
    source: string,
    product: string,
    wavelength: number,
  ): { first: string | null; last: string | null };
  /** Runs of missing slots. `states` chooses which kinds of missing; by default all but `superseded`. */
  gaps(filter: FrameFilter): Gap[];
}

export type ProductOfSource = Pick<SlotKey, 'source' | 'product'>;

interface FrameRow {
  id: number;
  source: string;
  product: string;
  wavelength: number;
  slot: string;
  state: FrameState;
  reason: string | null;
  tries: number;
  corrupt_runs: number;
  updated_at: string;
  path: string | null;
  url: string | null;
  etag: string | null;
  bytes: number | null;
  sha256: string | null;
  t_obs: string | null;
  exposure_seconds: number | null;
  quality: number | null;
  fsn: number | null;
  width: number | null;
  height: number | null;
}

/** Rows a transaction: larger ones gain nothing and keep other writers waiting. */
const BATCH = 500;

const MISSING: FrameState[] = ['expected', 'absent', 'blocked', 'downloading', 'corrupt', 'explained'];

export function frameTable(db: Database, now: () => Date): FrameTable {
  const time = () => now().toISOString();
  const insert = db.prepare(
    'INSERT INTO frames (source, product, wavelength, slot, updated_at) VALUES (@source, @product, @wavelength, @slot, @time) ON CONFLICT DO NOTHING',
  );
  const insertAll = db.transaction((keys: readonly SlotKey[]) => {
    for (const key of keys)
      insert.run({
        source: key.source,
        product: key.product,
        wavelength: key.wavelength,
        slot: key.slot,
        time: time(),
      });
  });
  const byId = db.prepare<[number], FrameRow>('SELECT * FROM frames WHERE id = ?');
  const bySlot = db.prepare<[string, string, number, string], FrameRow>(
    'SELECT * FROM frames WHERE source = ? AND product = ? AND wavelength = ? AND slot = ?',
  );
  const byPath = db.prepare<[string], FrameRow>('SELECT * FROM frames WHERE path = ?');
  const byHash = db.prepare<[string], FrameRow>(
    "SELECT * FROM frames WHERE sha256 = ? AND state = 'stored' ORDER BY id LIMIT 1",
  );
  const near =
    "SELECT * FROM frames WHERE state = 'stored' AND source = ? AND product = ? AND wavelength = ? AND slot";
  const before = db.prepare<[string, string, number, string], FrameRow>(
    `${near} <= ? ORDER BY slot DESC LIMIT 1`,
  );
  const after = db.prepare<[string, string, number, string], FrameRow>(`${near} >= ? ORDER BY slot LIMIT 1`);
  const unfinished = db.prepare<[], FrameRow>(
    "SELECT * FROM frames WHERE state IN ('downloading', 'superseded') AND state <> 'stored' AND path IS NOT NULL ORDER BY id",
  );
  const outdated = db.prepare<[string, string, string, string], FrameRow>(
    "SELECT p.* FROM frames p JOIN frames d ON d.wavelength = p.wavelength AND d.slot = p.slot AND d.state = 'stored' " +
      "WHERE p.source = ? AND p.product = ? AND d.source = ? AND d.product = ? AND p.state <> 'superseded' ORDER BY p.id",
  );
  const headerOf = db.prepare<[number], { header: string }>('SELECT header FROM headers WHERE frame_id = ?');
  const setState = db.prepare('UPDATE frames SET state = ?, reason = ?, updated_at = ? WHERE id = ?');
  const begin = db.prepare(
    "UPDATE frames SET state = 'downloading', etag = CASE WHEN url = @url THEN etag END, url = @url, path = @path, updated_at = @time WHERE id = @id",
  );
  const asked = db.prepare('UPDATE frames SET tries = tries + 1 WHERE id = ?');
  const etag = db.prepare('UPDATE frames SET etag = ? WHERE id = ?');
  const store = db.prepare(`
    UPDATE frames SET state = 'stored', reason = NULL, corrupt_runs = 0, updated_at = @time, path = @path, url = @url, etag = @etag, bytes = @bytes,
      sha256 = @sha256, t_obs = @tObs, exposure_seconds = @exposureSeconds, quality = @quality, fsn = @fsn, width = @width, height = @height
    WHERE id = @id`);
  const storeHeader = db.prepare(
    'INSERT INTO headers (frame_id, header) VALUES (?, ?) ON CONFLICT (frame_id) DO UPDATE SET header = excluded.header',
  );
  const forget = db.prepare(
    'UPDATE frames SET state = @state, reason = @reason, updated_at = @time, path = NULL, etag = NULL, bytes = NULL, sha256 = NULL, ' +
      "corrupt_runs = corrupt_runs + (@state = 'corrupt') WHERE id = @id",
  );
  const counts = db.prepare<[], FrameCount>(
    'SELECT source, product, wavelength, state, frames, bytes FROM counts WHERE frames > 0 ORDER BY source, product, wavelength, state',
  );
  const stored =
    "FROM frames WHERE state = 'stored' AND source = @source AND product = @product AND wavelength = @wavelength";
  // Two questions: SQLite answers one extreme from the index, both together only by reading all of it.
  const extent = db.prepare<[object], { first: string | null; last: string | null }>(
    `SELECT (SELECT min(slot) ${stored}) AS first, (SELECT max(slot) ${stored}) AS last`,
  );
  const storedBetween = db.prepare(
    "SELECT 1 FROM frames WHERE state = 'stored' AND source = ? AND product = ? AND wavelength = ? AND slot > ? AND slot < ? LIMIT 1",
  );

  const toFrame = (row: FrameRow): Frame => ({
    ...withoutSnake(row),
    get header(): HeaderRecord | null {
      const found = headerOf.get(row.id);
      return found ? (JSON.parse(found.header) as HeaderRecord) : null;
    },
  });
  const one = (row: FrameRow | undefined) => (row ? toFrame(row) : undefined);

  const select = (filter: FrameFilter, states: readonly FrameState[] | undefined): FrameRow[] => {
    const { clause, values } = where({ ...filter, ...(states ? { states: [...states] } : {}) });
    return db
      .prepare<unknown[], FrameRow>(
        `SELECT * FROM frames${clause} ORDER BY slot, source, product, wavelength`,
      )
      .all(...values);
  };

  return {
    expectSlots(keys) {
      for (let start = 0; start < keys.length; start += BATCH) insertAll(keys.slice(start, start + BATCH));
    },
    frames: (filter) => select(filter, filter.states).map(toFrame),
    frame: (id) => one(byId.get(id)),
    frameOfSlot: (key) => one(bySlot.get(key.source, key.product, key.wavelength, key.slot)),
    frameOfPath: (path) => one(byPath.get(path)),
    storedWithHash: (sha256) => one(byHash.get(sha256)),
    nearest(source, product, wavelength, wanted) {
      const candidates = [
        before.get(source, product, wavelength, wanted),
        after.get(source, product, wavelength, wanted),
      ];
      const distance = (row: FrameRow) => Math.abs(Date.parse(row.slot) - Date.parse(wanted));
      const found = candidates.filter((row) => row !== undefined).sort((a, b) => distance(a) - distance(b));
      return one(found[0]);
    },
    unfinished: () => unfinished.all().map(toFrame),
    outdated: (preliminary, definitive) =>
      outdated
        .all(preliminary.source, preliminary.product, definitive.source, definitive.product)
        .map(toFrame),
    setState: (id, state, reason) => void setState.run(state, reason, time(), id),
    noteAsked: (id) => void asked.run(id),
    beginDownload: (id, url, path) => void begin.run({ id, url, path, time: time() }),
    noteEtag: (id, value) => void etag.run(value, id),
    recordStored: db.transaction((id: number, { header, ...facts }: FrameFacts) => {
      store.run({ ...facts, id, time: time() });
      storeHeader.run(id, JSON.stringify(header));
    }),
    forgetFile: (id, state, reason) => void forget.run({ id, state, reason, time: time() }),
    countFrames: () => counts.all(),
    storedRange: (source, product, wavelength) => extent.get({ source, product, wavelength })!,
    gaps(filter) {
      const rows = select(filter, filter.states ?? MISSING);
      rows.sort((a, b) => compare(keyOf(a), keyOf(b)) || compare(a.slot, b.slot));
      const isApart = (a: Gap, b: FrameRow) =>
        keyOf(a) !== keyOf(b) ||
        a.state !== b.state ||
        a.reason !== b.reason ||
        storedBetween.get(b.source, b.product, b.wavelength, a.lastSlot, b.slot) !== undefined;
      return joinNeighbours(rows, isApart);
    },
  };
}

function withoutSnake(row: FrameRow): Omit<Frame, 'header'> {
  const { updated_at, t_obs, exposure_seconds, corrupt_runs, ...same } = row;
  return {
    ...same,
    updatedAt: updated_at,
    tObs: t_obs,
    exposureSeconds: exposure_seconds,
    corruptRuns: corrupt_runs,
  };
}

/** Values travel as parameters only; column names come from this table. */
function where(filter: FrameFilter): { clause: string; values: (string | number)[] } {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  const add = (term: string, ...given: (string | number)[]) => {
    terms.push(term);
    values.push(...given);
  };
  if (filter.source !== undefined) add('source = ?', filter.source);
  if (filter.product !== undefined) add('product = ?', filter.product);
  if (filter.wavelength !== undefined) add('wavelength = ?', filter.wavelength);
  if (filter.states !== undefined)
    add(`state IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states);
  if (filter.states && !filter.states.includes('stored')) add("state <> 'stored'");
  if (filter.from !== undefined) add('slot >= ?', filter.from);
  if (filter.to !== undefined) add('slot < ?', filter.to);
  return { clause: terms.length ? ` WHERE ${terms.join(' AND ')}` : '', values };
}

function joinNeighbours(rows: readonly FrameRow[], isApart: (gap: Gap, row: FrameRow) => boolean): Gap[] {
  const gaps: Gap[] = [];
  for (const row of rows) {
    const last = gaps.at(-1);
    if (!last || isApart(last, row)) {
      const { source, product, wavelength, state, reason, slot, tries } = row;
      gaps.push({
        source,
        product,
        wavelength,
        state,
        reason,
        firstSlot: slot,
        lastSlot: slot,
        frames: 1,
        tries,
        updatedAt: row.updated_at,
      });
      continue;
    }
    last.lastSlot = row.slot;
    last.frames += 1;
    last.tries = Math.max(last.tries, row.tries);
    if (row.updated_at > last.updatedAt) last.updatedAt = row.updated_at;
  }
  return gaps;
}

const keyOf = (row: { source: string; product: string; wavelength: number }) =>
  `${row.source}\n${row.product}\n${row.wavelength}`;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
