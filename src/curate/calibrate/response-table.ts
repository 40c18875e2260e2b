/**
 * The response table of AIA (aia_V10_..._response_table.txt of SolarSoft): effective area of each channel by epochs, with
 * a polynomial in days inside each. What remains of the sensitivity of the first day is the degradation factor.
 */
import { SunganError } from '../../core/errors.ts';
import { parseTime } from '../../core/time.ts';

export interface ResponseEpoch {
  startMs: number;
  version: number;
  /** `193_THIN`; the ultraviolet channels have no suffix. */
  waveStr: string;
  effectiveArea: number;
  /** Of days since the epoch's start: first, second and third power. */
  polynomial: readonly [number, number, number];
}

const DAY_MS = 86_400_000;
/** The calibration version that covers the whole mission; 4500 has its own count. */
const VERSION = 10;
const VERSION_4500 = 3;

const COLUMNS = ['T_START', 'VER_NUM', 'WAVE_STR', 'EFF_AREA', 'EFFA_P1', 'EFFA_P2', 'EFFA_P3'] as const;

export function parseResponseTable(text: string, where: string): ResponseEpoch[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  const headingIndex = lines.findIndex((cells) => COLUMNS.every((name) => cells.includes(name)));
  const heading = lines[headingIndex];
  if (!heading) {
    throw new SunganError('format', `no response table: a line with ${COLUMNS.join(', ')} is missing`, {
      where,
      remedy: 'use aia_V10_20201119_190000_response_table.txt of SolarSoft',
    });
  }
  return lines.slice(headingIndex + 1).flatMap((cells): ResponseEpoch[] => {
    const cell = (name: string) => cells[heading.indexOf(name)] ?? '';
    const start = parseTime(cell('T_START'));
    const [p1, p2, p3] = [Number(cell('EFFA_P1')), Number(cell('EFFA_P2')), Number(cell('EFFA_P3'))];
    const effectiveArea = Number(cell('EFF_AREA'));
    if (!start || ![p1, p2, p3, effectiveArea].every(Number.isFinite)) return [];
    const polynomial = [p1, p2, p3] as [number, number, number];
    return [
      {
        startMs: start.getTime(),
        version: Number(cell('VER_NUM')),
        waveStr: cell('WAVE_STR'),
        effectiveArea,
        polynomial,
      },
    ];
  });
}

/** The epochs of a channel in the version that covers the whole mission, by time; none where the table lacks them. */
export function epochsOf(epochs: readonly ResponseEpoch[], wavelength: number): ResponseEpoch[] {
  const waveStr = wavelength >= 1600 ? String(wavelength) : `${wavelength}_THIN`;
  const version = wavelength === 4500 ? VERSION_4500 : VERSION;
  return epochs
    .filter((epoch) => epoch.waveStr === waveStr && epoch.version === version)
    .sort((a, b) => a.startMs - b.startMs);
}

/** Share of the first epoch's sensitivity that is left at a time; undefined when the table lacks the channel. */
export function degradationFactor(
  epochs: readonly ResponseEpoch[],
  wavelength: number,
  timeMs: number,
): number | undefined {
  const own = epochsOf(epochs, wavelength);
  const first = own[0];
  const current = own.findLast((epoch) => epoch.startMs <= timeMs);
  if (!first || !current) return undefined;
  const days = (timeMs - current.startMs) / DAY_MS;
  const [p1, p2, p3] = current.polynomial;
  const growth = 1 + days * (p1 + days * (p2 + days * p3));
  return (current.effectiveArea / first.effectiveArea) * growth;
}
