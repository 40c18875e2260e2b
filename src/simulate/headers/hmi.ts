/** Headers of HMI's line-of-sight magnetograms and continuum, which differ from AIA's in names, units and time system. */
import { utcOfTai } from '../../core/time.ts';
import { card } from '../../fits/index.ts';
import type { FrameStatistics } from '../instrument/statistics.ts';
import { type HmiSeries, partsOf } from '../products.ts';
import type { Ephemeris, Geometry } from '../sun/index.ts';
import {
  bareNan,
  type Card,
  centiseconds,
  rounded,
  SIMULATED_ORIGIN,
  signedWord,
  simulatedCards,
} from './cards.ts';

const DEGREE = 180 / Math.PI;
const FULL_DISK_PIXELS = 4096;

export interface HmiFrame {
  seed: number | string;
  series: HmiSeries;
  /** T_REC, its clock reading taken as TAI. */
  record: Date;
  geometry: Geometry;
  ephemeris: Ephemeris;
  /** QUALITY, unsigned. */
  quality: number;
  /** Pixels of the disk without a value, as a share. */
  missing: number;
}

export function hmiHeader(frame: HmiFrame, statistics: FrameStatistics): Card[] {
  const { geometry, ephemeris, record, series } = frame;
  const utc = utcOfTai(record.getTime());
  const total = Math.round(Math.PI * (ephemeris.radiusArcsec / 0.504) ** 2);
  const missing = Math.round(frame.missing * total);
  return [
    card('DATE', centiseconds(new Date(utc + 5 * 86_400_000)).slice(0, 19)),
    card('DATE-OBS', centiseconds(new Date(utc - 63_000))),
    card('TELESCOP', 'SDO/HMI'),
    card('INSTRUME', series.camera === 1 ? 'HMI_SIDE1' : 'HMI_FRONT2'),
    card('WAVELNTH', 6173),
    card('CAMERA', series.camera),
    card('BUNIT', series.unit),
    card('ORIGIN', SIMULATED_ORIGIN),
    card('CONTENT', series.content),
    signedWord('QUALITY', frame.quality),
    card('QUALLEV1', 0),
    card('TOTVALS', total),
    card('DATAVALS', total - missing),
    card('MISSVALS', missing),
    card('SATVALS', 0),
    rounded('DATAMIN', statistics.min, 6),
    rounded('DATAMAX', statistics.max, 6),
    rounded('DATAMEDN', statistics.median, 6),
    rounded('DATAMEAN', statistics.mean, 6),
    rounded('DATARMS', statistics.rms, 6),
    rounded('DATASKEW', statistics.skewness, 6),
    rounded('DATAKURT', statistics.kurtosis, 6),
    card('CTYPE1', 'HPLN-TAN'),
    card('CTYPE2', 'HPLT-TAN'),
    rounded('CRPIX1', geometry.centreX + 1, 6),
    rounded('CRPIX2', geometry.centreY + 1, 6),
    card('CRVAL1', 0),
    card('CRVAL2', 0),
    rounded('CDELT1', geometry.arcsecPerPixel, 6),
    rounded('CDELT2', geometry.arcsecPerPixel, 6),
    card('CUNIT1', 'arcsec'),
    card('CUNIT2', 'arcsec'),
    rounded('CROTA2', geometry.rotationDegrees, 6),
    bareNan('CRDER1'),
    bareNan('CRDER2'),
    bareNan('CSYSER1'),
    bareNan('CSYSER2'),
    card('WCSNAME', 'Helioprojective-cartesian'),
    rounded('DSUN_OBS', ephemeris.distanceMetres, 2),
    card('DSUN_REF', 149_597_870_691),
    card('RSUN_REF', 696_000_000),
    rounded('CRLN_OBS', ephemeris.l0 * DEGREE, 6),
    rounded('CRLT_OBS', ephemeris.b0 * DEGREE, 6),
    card('CAR_ROT', ephemeris.rotation),
    rounded('OBS_VR', ephemeris.radialVelocity, 6),
    rounded('OBS_VW', ephemeris.westVelocity, 6),
    rounded('OBS_VN', ephemeris.northVelocity, 6),
    rounded('RSUN_OBS', ephemeris.radiusArcsec, 6),
    card('T_OBS', taiText(record)),
    card('T_REC', taiText(record)),
    card('TRECEPOC', '1993.01.01_00:00:00_TAI'),
    card('TRECSTEP', series.cadence),
    card('TRECUNIT', 'secs'),
    card('CADENCE', series.cadence),
    card('DATASIGN', 1),
    card('HFLID', 1021),
    card('HCFTID', 11),
    card('QLOOK', 0),
    card('BLD_VERS', 'simulated'),
    rounded('RECNUM', record.getTime() / (series.cadence * 1000), 0),
    ...simulatedCards(frame.seed),
  ];
}

function taiText(reading: Date): string {
  const { year, month, day, hour, minute, second } = partsOf(reading);
  return `${year}.${month}.${day}_${hour}:${minute}:${second}_TAI`;
}

/** Full-disk geometry of a side of `size` pixels: upside down, as HMI is mounted. */
export function hmiGeometry(size: number): Geometry {
  const binning = FULL_DISK_PIXELS / size;
  return {
    width: size,
    height: size,
    arcsecPerPixel: 0.504_228 * binning,
    centreX: (2045.8 + 0.5) / binning - 0.5,
    centreY: (2047.2 + 0.5) / binning - 0.5,
    rotationDegrees: 179.929_855,
  };
}
