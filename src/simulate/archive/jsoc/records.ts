/** The records of the database: one for every slot of the archive that has come, whether or not its image exists. */
import { createRandom } from '../../../numeric/random.ts';
import { keywordsBeforeDrawing } from '../../frame.ts';
import { partsOf, pathOf, slotTime } from '../../products.ts';
import type { FileStore, StoredEntry } from '../store.ts';
import { databaseKeywords, numberOf, withoutImage } from './keywords.ts';
import type { JsocOptions } from './options.ts';
import type { Condition, RecordSet } from './record-set.ts';
import { SERIES, type Series, slotNumber } from './series.ts';

export interface DatabaseRecord {
  series: Series;
  entry: StoredEntry;
  /** T_REC as the database writes it. */
  time: string;
  slot: number;
  /** Of the second prime key. */
  second: number;
  recnum: number;
  /** Storage unit of its files. */
  sunum: number;
  hasImage: boolean;
  isOnline: boolean;
  isOnTape: boolean;
  isLost: boolean;
}

export interface Database {
  select(set: RecordSet): DatabaseRecord[];
  /** Keywords of a record; with `drawn` also those that only the finished frame tells. */
  keywords(record: DatabaseRecord, drawn: boolean): Promise<Map<string, string>>;
  /** The record whose files lie in a storage unit. */
  ofUnit(sunum: number): DatabaseRecord | undefined;
}

const FIRST_UNIT = 400_000_000;

export interface DatabaseOptions extends JsocOptions {
  seed: number | string;
}

export function createDatabase(store: FileStore, options: DatabaseOptions): Database {
  const known = new Map<Series, { slots: readonly StoredEntry[]; records: readonly DatabaseRecord[] }>();
  const recordsOf = (series: Series) => {
    const slots = store.entries(series.product);
    const latest = known.get(series);
    if (latest?.slots === slots) return latest.records;
    const records = slots
      .filter(({ id }) => series.holds(id.wavelength))
      .flatMap((entry) => recordOf(series, entry, options) ?? []);
    known.set(series, { slots, records });
    return records;
  };
  return {
    select(set) {
      const inTime = recordsOf(set.series).filter((record) => isAsked(set, record));
      const ends = { first: inTime[0]?.slot, last: inTime.at(-1)?.slot };
      const found = inTime
        .filter((record) => isInTime(set, record, ends))
        .filter((record) => set.conditions.every((condition) => holds(condition, record, options)));
      return found.sort((a, b) => a.slot - b.slot || a.second - b.second);
    },
    async keywords(record, drawn) {
      if (!record.hasImage || !drawn) return keywordsOf(record, options);
      const file = await store.read(pathOf(record.entry.id));
      return databaseKeywords(file?.cards ?? [], randomOf(record.entry, options));
    },
    ofUnit(sunum) {
      for (const series of SERIES) {
        const entry = store.entries(series.product).find(({ index }) => index === sunum - FIRST_UNIT);
        if (entry && series.holds(entry.id.wavelength)) return recordOf(series, entry, options);
      }
      return undefined;
    },
  };
}

function randomOf({ id }: StoredEntry, { seed }: DatabaseOptions) {
  return createRandom(`${seed}/jsoc/${pathOf(id)}`);
}

/** Of the slots without a file one half has a record that says so, the other half no record at all. */
function recordOf(series: Series, entry: StoredEntry, options: DatabaseOptions): DatabaseRecord | undefined {
  const { id, planned, index } = entry;
  const random = randomOf(entry, options);
  const hasImage = planned !== 'absent';
  if (!hasImage && random.fork('record').uniform() < 0.5) return undefined;
  const share = random.fork('storage').uniform();
  const { tape = 0, offline = 0, lost = 0 } = options;
  const utc = series.isTai ? slotTime(id) : new Date(id.slot.getTime() + 1000);
  return {
    series,
    entry,
    time: series.isTai ? taiText(id.slot) : `${utc.toISOString().slice(0, 19)}Z`,
    slot: slotNumber(series, utc),
    second: series.secondKey === 'CAMERA' ? series.camera : id.wavelength,
    recnum: 100_000 + index,
    sunum: FIRST_UNIT + index,
    hasImage,
    isOnTape: hasImage && share < tape,
    isOnline: hasImage && share >= tape + offline,
    isLost: hasImage && random.fork('lost').uniform() < lost,
  };
}

function taiText(reading: Date): string {
  const { year, month, day, hour, minute, second } = partsOf(reading);
  return `${year}.${month}.${day}_${hour}:${minute}:${second}_TAI`;
}

function keywordsOf(record: DatabaseRecord, options: DatabaseOptions): Map<string, string> {
  const { id, planned, contents } = record.entry;
  const { seed, size, cadenceMs: stepMs } = contents;
  const fault = planned === 'absent' ? undefined : planned;
  const cards = keywordsBeforeDrawing({ id, seed, size, fault, stepMs });
  const keywords = databaseKeywords(cards, randomOf(record.entry, options));
  // The prime key is the slot's, even where the file of another slot lies in it.
  keywords.set('T_REC', record.time);
  return record.hasImage ? keywords : withoutImage(keywords);
}

function isAsked({ values, recnums }: RecordSet, { second, recnum }: DatabaseRecord): boolean {
  if (recnums && !recnums.includes(recnum)) return false;
  return !values || values.some(([from, to]) => second >= from && second <= to);
}

function isInTime(
  { times }: RecordSet,
  { slot }: DatabaseRecord,
  ends: { first: number | undefined; last: number | undefined },
): boolean {
  if (!times) return true;
  return times.some((range) => {
    if (range === 'first' || range === 'last') return slot === ends[range];
    return slot >= range.first && slot <= range.last && (slot - range.first) % range.every === 0;
  });
}

function holds({ key, operator, value }: Condition, record: DatabaseRecord, options: DatabaseOptions) {
  if (key === 'image_exists') return record.hasImage;
  const text = keywordsOf(record, options).get(key) ?? '';
  const numbers = [numberOf(text), numberOf(value)] as const;
  const [a, b] = numbers.some(Number.isNaN) ? [text, value] : numbers;
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '<>':
    case '!=':
      return a !== b;
    default:
      return a === b;
  }
}
