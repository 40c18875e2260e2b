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

/** What of a row is read, in the order of `FrameCells`. */
const SELECT =
  'SELECT p.id, p.source, p.product, p.wavelength, p.slot, p.state, p.reason, p.tries, p.corrupt_runs, p.updated_at, ' +
  'p.path, p.url, p.etag, p.bytes, p.sha256, p.t_obs, p.exposure_seconds, p.quality, p.fsn, p.width, p.height FROM frames p';

type Text = string | null;
type Num = number | null;
type FrameCells = [
  ...[id: number, source: string, product: string, wavelength: number, slot: string, state: FrameState],
  ...[reason: Text, tries: number, corruptRuns: number, updatedAt: string, path: Text, url: Text, etag: Text],
  ...[
    bytes: Num,
    sha256: Text,
    tObs: Text,
    exposureSeconds: Num,
    quality: Num,
    fsn: Num,
    width: Num,
    height: Num,
  ],
];

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
  // Cells, and objects made of them here: those that SQLite's driver makes take ten times the memory.
  const prepare = <Values extends unknown[]>(sql: string) => db.prepare<Values, FrameCells>(sql).raw();
  const byId = prepare<[number]>(`${SELECT} WHERE id = ?`);
  const bySlot = prepare<[string, string, number, string]>(
    `${SELECT} WHERE source = ? AND product = ? AND wavelength = ? AND slot = ?`,
  );
  const byPath = prepare<[string]>(`${SELECT} WHERE path = ?`);
  const byHash = prepare<[string]>(`${SELECT} WHERE sha256 = ? AND state = 'stored' ORDER BY id LIMIT 1`);
  const near = `${SELECT} WHERE state = 'stored' AND source = ? AND product = ? AND wavelength = ? AND slot`;
  const before = prepare<[string, string, number, string]>(`${near} <= ? ORDER BY slot DESC LIMIT 1`);
  const after = prepare<[string, string, number, string]>(`${near} >= ? ORDER BY slot LIMIT 1`);
  const unfinished = prepare<[]>(
    `${SELECT} WHERE state IN ('downloading', 'superseded') AND state <> 'stored' AND path IS NOT NULL ORDER BY id`,
  );
  const outdated = prepare<[string, string, string, string]>(
    `${SELECT} JOIN frames d ON d.wavelength = p.wavelength AND d.slot = p.slot AND d.state = 'stored' ` +
      "WHERE p.source = ? AND p.product = ? AND d.source = ? AND d.product = ? AND p.state <> 'superseded' ORDER BY p.id",
  );
  const headerOf = db.prepare<[number], { header: string }>('SELECT header FROM headers WHERE frame_id = ?');
  const setState = db.prepare('UPDATE frames SET state = ?, reason = ?, updated_at = ? WHERE id = ?');
  const begin = db.prepare(
    "UPDATE frames SET state = 'downloading', reason = NULL, etag = CASE WHEN url = @url THEN etag END, url = @url, path = @path, updated_at = @time WHERE id = @id",
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

  // One getter for all: with one each, every object would have a shape of its own.
  const header: PropertyDescriptor & ThisType<Frame> = {
    enumerable: true,
    configurable: true,
    get(): HeaderRecord | null {
      const found = headerOf.get(this.id);
      return found ? (JSON.parse(found.header) as HeaderRecord) : null;
    },
  };
  const toFrame = (cells: FrameCells): Frame => Object.defineProperty(frameOf(cells), 'header', header);
  const one = (cells: FrameCells | undefined) => (cells ? toFrame(cells) : undefined);

  const select = (filter: FrameFilter): Frame[] => {
    const { clause, values } = where(filter);
    const rows = prepare<unknown[]>(`${SELECT}${clause} ORDER BY slot, source, product, wavelength`);
    return Array.from(rows.iterate(...values), toFrame);
  };

  return {
    expectSlots(keys) {
      for (let start = 0; start < keys.length; start += BATCH) insertAll(keys.slice(start, start + BATCH));
    },
    frames: select,
    frame: (id) => one(byId.get(id)),
    frameOfSlot: (key) => one(bySlot.get(key.source, key.product, key.wavelength, key.slot)),
    frameOfPath: (path) => one(byPath.get(path)),
    storedWithHash: (sha256) => one(byHash.get(sha256)),
    nearest(source, product, wavelength, wanted) {
      const candidates = [
        one(before.get(source, product, wavelength, wanted)),
        one(after.get(source, product, wavelength, wanted)),
      ];
      const distance = ({ slot }: Frame) => Math.abs(Date.parse(slot) - Date.parse(wanted));
      return candidates.filter((frame) => frame !== undefined).sort((a, b) => distance(a) - distance(b))[0];
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
      const { clause, values } = where({ ...filter, states: [...(filter.states ?? MISSING), 'stored'] });
      const rows = db.prepare<unknown[], GapCells>(
        `SELECT source, product, wavelength, slot, state, reason, tries, updated_at FROM frames${clause} ORDER BY source, product, wavelength, slot`,
      );
      return joinNeighbours(rows.raw().iterate(...values));
    },
  };
}

function frameOf(cells: FrameCells): Omit<Frame, 'header'> {
  const [id, source, product, wavelength, slot, state, reason, tries, corruptRuns, updatedAt, ...file] =
    cells;
  const [path, url, etag, bytes, sha256, tObs, exposureSeconds, quality, fsn, width, height] = file;
  return {
    id,
    source,
    product,
    wavelength,
    slot,
    state,
    reason,
    tries,
    corruptRuns,
    updatedAt,
    path,
    url,
    etag,
    bytes,
    sha256,
    tObs,
    exposureSeconds,
    quality,
    fsn,
    width,
    height,
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

type GapCells = [
  ...[source: string, product: string, wavelength: number, slot: string, state: FrameState],
  ...[reason: Text, tries: number, updatedAt: string],
];

/** Of rows in the order of their slots, channel by channel. What is stored ends a gap, and is none. */
function joinNeighbours(rows: Iterable<GapCells>): Gap[] {
  const gaps: Gap[] = [];
  let open: Gap | undefined;
  for (const [source, product, wavelength, slot, state, reason, tries, updatedAt] of rows) {
    if (state === 'stored') {
      open = undefined;
      continue;
    }
    const row = { source, product, wavelength, state, reason };
    if (open && isSameKind(open, row)) {
      open.lastSlot = slot;
      open.frames += 1;
      open.tries = Math.max(open.tries, tries);
      if (updatedAt > open.updatedAt) open.updatedAt = updatedAt;
    } else {
      open = { ...row, firstSlot: slot, lastSlot: slot, frames: 1, tries, updatedAt };
      gaps.push(open);
    }
  }
  return gaps;
}

type GapKind = Pick<Gap, 'source' | 'product' | 'wavelength' | 'state' | 'reason'>;

function isSameKind(a: GapKind, b: GapKind): boolean {
  return (
    a.state === b.state &&
    a.reason === b.reason &&
    a.wavelength === b.wavelength &&
    a.product === b.product &&
    a.source === b.source
  );
}
