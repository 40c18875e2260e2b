/** The image status packet: what AIA's camera, shutter, filter wheel and guide telescope report with every exposure. */
import { card } from '../../fits/index.ts';
import type { Observation } from '../observation.ts';
import { type Card, centiseconds, rounded } from './cards.ts';

/** Flight software counts seconds from 1958-01-01 TAI, 34 to 37 s ahead of UTC; whole leap seconds do not matter here. */
const CLOCK_ORIGIN_MS = Date.UTC(1958, 0, 1);
/** Milliseconds after opening at which the shutter's four corners report, about 42 +- 15. */
const SHUTTER_CORNERS = [
  ['BC', 41.54],
  ['BE', 26.712],
  ['TC', 55.656],
  ['TE', 69.62],
] as const;
/** Half the detector's pixels: the level of a histogram counter that has seen the dark half of a full-disk picture. */
const HISTOGRAM_FULL = 8_388_608;

export function imageStatus(observation: Observation): Card[] {
  const { telemetry, channel, time, serial } = observation;
  const packet = observation.random.fork('packet');
  const zero = (...names: string[]) => names.map((name) => card(name, 0));
  const guide = (name: string) => card(name, packet.int(21) - 10);
  return [
    card('ISPSNAME', 'aia.lev0_isp_0011'),
    card('ISPPKTIM', `${centiseconds(new Date(time.getTime() - 3830))}Z`),
    card('ISPPKTVN', '001.197'),
    card('AIVNMST', 453),
    card('AIMGOTS', Math.floor((time.getTime() - CLOCK_ORIGIN_MS) / 1000)),
    card('ASQHDR', (serial + 2 ** 30) % 2 ** 31),
    card('ASQTNUM', channel.telescope - 1),
    card('ASQFSN', serial),
    card('AIAHFSN', serial - 8),
    card('AECDELAY', 1543),
    card('AIAECTI', 0),
    card('AIASEN', 6),
    card('AIFDBID', 241),
    card('AIMGOTSS', packet.int(65_536)),
    card('AIFCPS', telemetry.focus),
    card('AIFTSWTH', 0),
    card('AIFRMLID', 3257),
    card('AIFTSID', telemetry.sequenceId),
    card('AIHISMXB', 7),
    card('AIHIS192', 0),
    card('AIHIS348', Math.floor(HISTOGRAM_FULL * 0.3)),
    card('AIHIS604', Math.floor(HISTOGRAM_FULL * 0.93)),
    card('AIHIS860', HISTOGRAM_FULL),
    card('AIFWEN', 270),
    card('AIMGSHCE', telemetry.commandedMs),
    card('AECTYPE', telemetry.exposureControl),
    card('AECMODE', 'ON'),
    card('AISTATE', telemetry.issLoop),
    card('AIAECENF', 1),
    card('AIFILTYP', 0),
    ...SHUTTER_CORNERS.map(([corner, after]) => rounded(`AIMSHO${corner}`, after, 6)),
    ...SHUTTER_CORNERS.map(([corner, after]) => rounded(`AIMSHC${corner}`, telemetry.commandedMs + after, 6)),
    card('AICFGDL1', 0),
    card('AICFGDL2', 137),
    card('AICFGDL3', 201),
    card('AICFGDL4', 236),
    card('AIFOENFL', 1),
    card('AIMGFSN', 2),
    card('AIMGTYP', telemetry.imageType === 'DARK' ? 1 : 0),
    card('AIAWVLEN', 3),
    ...zero('AIAGP1', 'AIAGP2', 'AIAGP3', 'AIAGP4', 'AIAGP5', 'AIAGP6', 'AIAGP7'),
    card('AIAGP8', 393),
    card('AIAGP9', 457),
    card('AIAGP10', 748),
    ...['AGT1SVY', 'AGT1SVZ', 'AGT2SVY', 'AGT2SVZ', 'AGT3SVY', 'AGT3SVZ', 'AGT4SVY', 'AGT4SVZ'].map(guide),
    card('AIMGSHEN', 4),
  ];
}
