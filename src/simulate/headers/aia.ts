/** Headers of AIA frames, keyword for keyword in the order of JSOC's files: level 1, and 1.5 as the synoptic directory has it. */
import { card } from '../../fits/index.ts';
import type { FrameStatistics } from '../instrument/statistics.ts';
import { PERCENTAGES } from '../instrument/statistics.ts';
import { DETECTOR_PIXELS, type Observation } from '../observation.ts';
import { isLevel1 as isLevel1Product, madeAt } from '../products.ts';
import {
  bareNan,
  type Card,
  centiseconds,
  rounded,
  SIMULATED_ORIGIN,
  signedWord,
  simulatedCards,
  wholeSeconds,
} from './cards.ts';
import { imageStatus } from './image-status.ts';
import { missingBits } from './quality.ts';

const TOTAL_PIXELS = DETECTOR_PIXELS ** 2;
const UNSET = -2_147_483_648;
const DEGREE = 180 / Math.PI;

export function aiaHeader(observation: Observation, statistics: FrameStatistics): Card[] {
  const isLevel1 = isLevel1Product(observation.id.product);
  return [
    ...identity(observation),
    ...completeness(observation, statistics, isLevel1),
    ...pixelStatistics(observation, statistics, isLevel1),
    ...coordinates(observation),
    ...pointing(observation),
    ...attitude(observation),
    ...orbit(observation, isLevel1),
    ...regionOfInterest(),
    ...imageStatus(observation),
    ...housekeeping(observation, isLevel1),
    ...simulatedCards(observation.seed),
  ];
}

function identity({ id, time, telemetry, channel, serial, random, revision }: Observation): Card[] {
  const start = new Date(time.getTime() - telemetry.exposureSeconds * 500);
  const isLevel1 = isLevel1Product(id.product);
  const slot = isLevel1 ? new Date(id.slot.getTime() + 1000) : new Date(id.slot.getTime() + 6000);
  return [
    card('ORIGIN', SIMULATED_ORIGIN),
    card('DATE', wholeSeconds(madeAt(id, revision)).slice(0, 19)),
    card('TELESCOP', 'SDO/AIA'),
    card('INSTRUME', `AIA_${channel.telescope}`),
    card('DATE-OBS', centiseconds(start)),
    card('T_OBS', `${centiseconds(time)}Z`),
    card('T_REC', wholeSeconds(slot)),
    card('TRECSTEP', isLevel1 ? recordStep(telemetry.wavelength) : 180),
    card('TRECEPOC', '1977.01.01_00:00:00_TAI'),
    ...(isLevel1 ? [card('TRECROUN', 1)] : []),
    card('CAMERA', channel.telescope),
    card('IMG_TYPE', telemetry.imageType),
    rounded('EXPTIME', telemetry.exposureSeconds, 6),
    rounded('EXPSDEV', 1.1e-4 + 4e-5 * random.fork('expsdev').uniform(), 6),
    rounded('INT_TIME', telemetry.exposureSeconds + 0.273781, 6),
    card('WAVELNTH', telemetry.wavelength),
    card('WAVEUNIT', 'angstrom'),
    card(
      'WAVE_STR',
      telemetry.wavelength > 400 ? String(telemetry.wavelength) : `${telemetry.wavelength}_THIN`,
    ),
    card('FSN', serial),
    card('FID', 0),
    card('LVL_NUM', isLevel1 ? 1 : 1.5),
  ];
}

function recordStep(wavelength: number): number {
  if (wavelength === 4500) return 3600;
  return wavelength > 400 ? 24 : 12;
}

/** Missing values are counted on the 4096 frame, whatever the file's size. */
function completeness({ telemetry }: Observation, statistics: FrameStatistics, isLevel1: boolean): Card[] {
  const share = telemetry.countsMissing
    ? statistics.missing / Math.max(1, statistics.missing + statistics.finite)
    : 0;
  const missing = Math.round(share * TOTAL_PIXELS);
  return [
    card('QUALLEV0', 0),
    signedWord('QUALITY', telemetry.quality | missingBits(share)),
    card('TOTVALS', TOTAL_PIXELS),
    card('DATAVALS', TOTAL_PIXELS - missing),
    card('MISSVALS', missing),
    rounded('PERCENTD', 100 * (1 - share), isLevel1 ? 6 : 2),
  ];
}

function pixelStatistics({ telemetry }: Observation, s: FrameStatistics, isLevel1: boolean): Card[] {
  const moments = [
    rounded('DATAMIN', s.min, 0),
    rounded('DATAMAX', s.max, 0),
    rounded('DATAMEDN', s.median, 0),
    rounded('DATAMEAN', s.mean, 2),
    rounded('DATARMS', s.rms, 2),
    rounded('DATASKEW', s.skewness, 2),
    rounded('DATAKURT', s.kurtosis, 2),
  ];
  if (!isLevel1)
    return [...moments, bareNan('OSCNMEAN'), bareNan('OSCNRMS'), card('FLAT_REC', 'aia.flatfield[:#423]')];
  return [
    ...moments,
    rounded('DATACENT', s.median, 2),
    ...PERCENTAGES.map((p) => rounded(`DATAP${String(p).padStart(2, '0')}`, s.percentiles[p]!, 0)),
    card('NSATPIX', s.saturated),
    card('NSPIKES', telemetry.spikes),
    bareNan('OSCNMEAN'),
    bareNan('OSCNRMS'),
    card('FLAT_REC', 'aia.flatfield[:#423]'),
    card('PIXLUNIT', 'DN'),
    card('DN_GAIN', 18.3),
    card('EFF_AREA', 1),
    card('EFF_AR_V', 3),
  ];
}

function coordinates({ claimed, ephemeris, id }: Observation): Card[] {
  const axis = (number: 1 | 2, centre: number) => [
    card(`CTYPE${number}`, number === 1 ? 'HPLN-TAN' : 'HPLT-TAN'),
    card(`CUNIT${number}`, 'arcsec'),
    card(`CRVAL${number}`, 0),
    rounded(`CDELT${number}`, claimed.arcsecPerPixel, 6),
    rounded(`CRPIX${number}`, centre + 1, 6),
  ];
  // The synoptic maker leaves R_SUN in pixels of the 0.6 arcsec frame: a trap that readers must know.
  const pixel = !isLevel1Product(id.product) ? 0.6 : claimed.arcsecPerPixel;
  return [
    ...axis(1, claimed.centreX),
    ...axis(2, claimed.centreY),
    rounded('CROTA2', claimed.rotationDegrees, 6),
    rounded('R_SUN', ephemeris.radiusArcsec / pixel, 6),
  ];
}

function pointing({ pointing: master }: Observation): Card[] {
  return [
    card('MPO_REC', 'sdo.master_pointing[:#989]'),
    rounded('INST_ROT', master.rotation, 6),
    rounded('IMSCL_MP', master.scale, 6),
    rounded('X0_MP', master.x0, 6),
    rounded('Y0_MP', master.y0, 6),
    bareNan('RSUN_LF'),
    bareNan('X0_LF'),
    bareNan('Y0_LF'),
    card('ASD_REC', 'sdo.lev0_asd_0004[:#54661588]'),
  ];
}

function attitude({ telemetry, random }: Observation): Card[] {
  const drift = random.fork('attitude');
  return [
    rounded('SAT_Y0', 4 * drift.normal(), 6),
    rounded('SAT_Z0', 9 + 4 * drift.normal(), 6),
    rounded('SAT_ROT', 2e-4 * drift.normal(), 6),
    card('ACS_MODE', telemetry.acsMode),
    card('ACS_ECLP', telemetry.acsEclipse),
    card('ACS_SUNP', telemetry.acsSunPresent),
    card('ACS_SAFE', 'NO'),
    card('ACS_CGT', 'GT3'),
  ];
}

function orbit({ ephemeris, time }: Observation, isLevel1: boolean): Card[] {
  const minute = centiseconds(time).slice(0, 19).replaceAll('-', '.').replace('T', '_');
  const latitude = rounded('CRLT_OBS', ephemeris.b0 * DEGREE, 6);
  return [
    card('ORB_REC', `sdo.fds_orbit_vectors[${minute}_UTC]`),
    card('DSUN_REF', 149_597_870_691),
    rounded('DSUN_OBS', ephemeris.distanceMetres, 2),
    card('RSUN_REF', 696_000_000),
    rounded('RSUN_OBS', ephemeris.radiusArcsec, 6),
    ...['GCIEC_X', 'GCIEC_Y', 'GCIEC_Z', 'HCIEC_X', 'HCIEC_Y', 'HCIEC_Z'].map(bareNan),
    rounded('OBS_VR', ephemeris.radialVelocity, 6),
    rounded('OBS_VW', ephemeris.westVelocity, 6),
    rounded('OBS_VN', ephemeris.northVelocity, 6),
    rounded('CRLN_OBS', ephemeris.l0 * DEGREE, 6),
    latitude,
    card('CAR_ROT', ephemeris.rotation),
    ...(isLevel1 ? [card('HGLN_OBS', 0), rounded('HGLT_OBS', ephemeris.b0 * DEGREE, 6)] : []),
  ];
}

function regionOfInterest(): Card[] {
  const names = ['NWIN', 'SUM', 'NAX1', 'NAY1', 'LLX1', 'LLY1', 'NAX2', 'NAY2', 'LLX2', 'LLY2'];
  return names.map((name) => card(`ROI_${name}`, UNSET));
}

/** Temperatures and the keyword document, which only level 1 carries; the record's number ends both. */
function housekeeping({ serial }: Observation, isLevel1: boolean): Card[] {
  const warm = [card('TEMPCCD', -68), card('TEMPGT', 15), card('TEMPSMIR', 33.7), card('TEMPFPAD', 22.4)];
  const extra = [...warm, card('KEYWDDOC', 'http://www.lmsal.com/sdodocs/aiafitskeywords.pdf')];
  return [...(isLevel1 ? extra : []), card('RECNUM', serial)];
}
