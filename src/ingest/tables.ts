/** The auxiliary tables that later stages use, each one row here; where they lie and how to tell a good copy. */
import type { Catalog, KnownEvent } from '../catalog/index.ts';
import { parseTime } from '../core/time.ts';
import { parseCsv } from './csv.ts';

export const TABLE_NAMES = ['pointing', 'response', 'events', 'f107'] as const;

export type TableName = (typeof TABLE_NAMES)[number];

export interface AuxTable {
  title: string;
  fileName: string;
  urls: readonly string[];
  maxAgeMs: number;
  sha256?: string;
  check(text: string): string | undefined;
  /** What of it goes into the catalog. */
  record?(text: string, catalog: Catalog): void;
}

const DAY_MS = 86_400_000;
const LMSAL_BACKUP = 'https://raw.githubusercontent.com/LM-SAL/backup_files/refs/heads/aia';

const contains =
  (...words: string[]) =>
  (text: string) =>
    words.every((word) => text.slice(0, 20_000).includes(word))
      ? undefined
      : `does not mention ${words.join(', ')}`;

export const TABLES: Record<TableName, AuxTable> = {
  pointing: {
    title: 'AIA master pointing, 3-hourly (LMSAL mirror of aia.master_pointing3h; it leaves out 131 Å)',
    fileName: 'aia_pointing_table.csv',
    urls: [`${LMSAL_BACKUP}/generated/aia_pointing_table.csv`],
    maxAgeMs: DAY_MS,
    check: contains('T_START', 'A_193_X0'),
  },
  response: {
    title: 'AIA effective area by epoch, version 10 (degradation)',
    fileName: 'aia_V10_20201119_190000_response_table.txt',
    urls: [
      'https://soho.nascom.nasa.gov/solarsoft/sdo/aia/response/aia_V10_20201119_190000_response_table.txt',
      'https://hesperia.gsfc.nasa.gov/ssw/sdo/aia/response/aia_V10_20201119_190000_response_table.txt',
    ],
    maxAgeMs: 3650 * DAY_MS,
    // Published with aiapy; the file never changes.
    sha256: '0a3f2db39d05c44185f6fdeec928089fb55d1ce1e0a805145050c6356cbc6e98',
    check: contains('EFFA_P1'),
  },
  events: {
    title: 'SDO events: eclipses, manoeuvres, calibrations (LMSAL timeline)',
    fileName: 'timeline.csv',
    urls: ['https://raw.githubusercontent.com/LM-SAL/SDO-Timeline/gh-pages/data/timeline.csv'],
    maxAgeMs: DAY_MS,
    check: contains('Start Time', 'Instrument'),
    record: (text, catalog) => catalog.recordEvents(eventsOfTimeline(text)),
  },
  f107: {
    title: 'F10.7 solar radio flux by day (GFZ Potsdam; CC BY 4.0, its sunspot column CC BY-NC 4.0)',
    fileName: 'Kp_ap_Ap_SN_F107_since_1932.txt',
    urls: ['https://kp.gfz.de/app/files/Kp_ap_Ap_SN_F107_since_1932.txt'],
    maxAgeMs: DAY_MS,
    check: contains('F10.7'),
  },
};

/** Rows `Start Time,End Time,Instrument,Source,Comment`; rows without a start are left out, ends may be missing. */
export function eventsOfTimeline(text: string): KnownEvent[] {
  const [head = [], ...rows] = parseCsv(text);
  const column = (name: string) => head.findIndex((field) => field.toLowerCase() === name);
  const [start, end, instrument, source, comment] = [
    'start time',
    'end time',
    'instrument',
    'source',
    'comment',
  ].map(column) as [number, number, number, number, number];
  return rows.flatMap((row) => {
    const from = parseTime(row[start] ?? '');
    if (!from) return [];
    const to = parseTime(row[end] ?? '');
    return [
      {
        source: row[source] || 'timeline',
        start: from.toISOString(),
        end: to ? to.toISOString() : null,
        instrument: row[instrument] || 'SDO',
        comment: row[comment] ?? '',
      },
    ];
  });
}
