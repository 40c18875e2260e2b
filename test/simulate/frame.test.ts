import { describe, expect, test } from 'vitest';
import { makeFrame, pathOf } from '../../src/simulate/index.ts';
import { expose, SATURATION_DN } from '../../src/simulate/instrument/detector.ts';
import { statisticsOf } from '../../src/simulate/instrument/statistics.ts';
import { nominalObservation } from '../../src/simulate/observation.ts';
import { channelOf, findChannel, WAVELENGTHS } from '../../src/simulate/sun/index.ts';
import { frame, idOf, mean, SEED, STEP_MS } from './support.ts';

const SLOT = '2014-01-01T06:00:00Z';

/** What a frame's row in a catalogue needs. */
const KEYWORDS =
  `T_REC T_OBS DATE-OBS EXPTIME FSN WAVELNTH WAVE_STR CAMERA QUALITY MISSVALS TOTVALS PERCENTD IMG_TYPE
  ACS_MODE ACS_ECLP ACS_SUNP ACS_SAFE AISTATE AIFTSID AIMGSHCE AECTYPE AECMODE AIAECENF AIAGP6 AIFILTYP AIFCPS DATAMIN
  DATAMAX DATAMEDN DATAMEAN DATARMS DATASKEW DATAKURT CRPIX1 CRPIX2 CDELT1 CDELT2 CROTA2 X0_MP Y0_MP IMSCL_MP INST_ROT
  SAT_ROT RSUN_OBS R_SUN DSUN_OBS CRLN_OBS CRLT_OBS LVL_NUM TELESCOP INSTRUME`.split(/\s+/);
const LEVEL_1_KEYWORDS =
  `DATAP01 DATAP10 DATAP25 DATAP75 DATAP90 DATAP95 DATAP98 DATAP99 NSATPIX NSPIKES`.split(' ');

describe('headers', () => {
  test('level 1.5 has the synoptic geometry, with its trap', () => {
    const { header, keywords } = frame(idOf(SLOT), 64);
    for (const keyword of KEYWORDS) expect(keywords).toContain(keyword);
    expect(header).toMatchObject({
      TELESCOP: 'SDO/AIA',
      INSTRUME: 'AIA_2',
      WAVELNTH: 193,
      WAVE_STR: '193_THIN',
      LVL_NUM: 1.5,
      QUALITY: 0,
      PERCENTD: 100,
      TOTVALS: 4096 ** 2,
      CDELT1: 38.4,
      CRPIX1: 32.5,
      CROTA2: 0,
      T_OBS: '2014-01-01T06:00:05.84Z',
      T_REC: '2014-01-01T06:00:06Z',
      BSCALE: 0.0625,
      BLANK: -2_147_483_648,
      AIMGSHCE: 2000,
      SIMULATD: true,
      ORIGIN: 'SUNGAN SIMULATOR',
    });
    // R_SUN stays in pixels of 0.6 arcsec whatever CDELT is.
    expect(header['R_SUN']).toBeCloseTo((header['RSUN_OBS'] as number) / 0.6, 4);
    expect(header['RSUN_LF']).toBe('NaN');
    expect(String(header['HISTORY'])).toContain('SIMULATED');
  });

  test('level 1 is off-centre, turned a little, in 16-bit DN', () => {
    const { header, keywords, data } = frame(idOf(SLOT, 171, 'aia-level1'), 128);
    for (const keyword of [...KEYWORDS, ...LEVEL_1_KEYWORDS]) expect(keywords).toContain(keyword);
    expect(header['CDELT1']).toBeCloseTo(0.599489 * 32, 5);
    expect(header['CROTA2']).toBeCloseTo(0.0194, 4);
    expect(header['CRPIX1']).toBeCloseTo((2055.06 + 0.5) / 32 + 0.5, 4);
    expect(header['R_SUN']).toBeCloseTo((header['RSUN_OBS'] as number) / (header['CDELT1'] as number), 3);
    expect(data.every((value) => Number.isInteger(value))).toBe(true);
  });

  test.each(WAVELENGTHS)('channel %i names its telescope and exposure', (wavelength) => {
    const { header } = frame(idOf(SLOT, wavelength), 32);
    const { telescope, exposureSeconds, shortBelowMs } = channelOf(wavelength);
    expect(header).toMatchObject({ WAVELNTH: wavelength, CAMERA: telescope });
    expect(header['EXPTIME'] as number).toBeCloseTo(exposureSeconds, 1);
    expect(header['AIMGSHCE'] as number).toBeGreaterThan(shortBelowMs);
    const late = Date.parse(header['T_OBS'] as string) - Date.parse(SLOT);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(60_000);
  });

  test.each([12, 13, 23, 24, 36, 48, 60, 3600])('no two frames share an FSN at %i s', (cadence) => {
    const serials = Array.from({ length: 40 }, (_, n) =>
      WAVELENGTHS.map((wavelength) => {
        const slot = new Date(Date.parse(SLOT) + n * cadence * 1000).toISOString();
        return nominalObservation(idOf(slot, wavelength, 'aia-level1'), 16, SEED).serial;
      }),
    );
    expect(new Set(serials.flat()).size).toBe(40 * WAVELENGTHS.length);
    const later = serials.slice(1).map((slot, n) => Math.min(...slot) > Math.max(...serials[n]!));
    expect(later).not.toContain(false);
  });

  test('the magnetogram is upside down, blank beyond the limb, and agrees with the laws', () => {
    const { header, data, size } = frame(idOf('2014-01-01T06:00:00Z', 0, 'hmi'), 128);
    expect(header).toMatchObject({
      TELESCOP: 'SDO/HMI',
      CONTENT: 'MAGNETOGRAM',
      BUNIT: 'Gauss',
      BSCALE: 0.1,
      SIMULATD: true,
    });
    expect(header['T_REC']).toBe('2014.01.01_06:00:00_TAI');
    expect(header['DATE-OBS']).toMatch(/^2014-01-01T05:5/);
    expect(header['CROTA2'] as number).toBeCloseTo(180, 0);
    expect(header).not.toHaveProperty('EXPTIME');
    expect(data[0]).toBeNaN();
    const finite = data.filter((value) => !Number.isNaN(value));
    const radius =
      Math.sqrt(finite.length / Math.PI) / ((header['RSUN_OBS'] as number) / (header['CDELT1'] as number));
    expect(radius).toBeCloseTo(1, 2);
    expect(Math.abs(mean(finite))).toBeLessThan(5);
    expect(Math.max(...finite)).toBeGreaterThan(100);
    expect(Math.min(...finite)).toBeLessThan(-100);
    expect(size).toBe(128);
  });
});

describe('counts', () => {
  test('negative pixels exist, and none below the floor', () => {
    const { data } = frame(idOf(SLOT), 128);
    const lowest = data.reduce((a, b) => Math.min(a, b));
    expect(lowest).toBeLessThan(0);
    expect(lowest).toBeGreaterThanOrEqual(-8);
  });

  test('noise is that of photons and amplifier', () => {
    const { channel, image } = { channel: findChannel(193)!, image: new Float32Array(40_000).fill(1000) };
    expose(image, { channel, exposureSeconds: 2, width: 200, height: 200, averaged: 1, seed: 'noise' });
    const average = mean(image);
    const variance = mean(image.map((value) => (value - average) ** 2));
    expect(Math.abs(average - 1000)).toBeLessThan(1);
    expect(variance / (1000 * 0.962 + 1.2 ** 2)).toBeCloseTo(1, 1);
  });

  test('a flare saturates at 16383 and bleeds along its column, keeping the charge', () => {
    const image = new Float32Array(101 * 101);
    image[50 * 101 + 50] = 5 * SATURATION_DN;
    expose(image, {
      channel: findChannel(193)!,
      exposureSeconds: 2,
      width: 101,
      height: 101,
      averaged: 1e6,
      seed: 'x',
    });
    const column = Array.from({ length: 101 }, (_, y) => image[y * 101 + 50]!);
    expect(Math.max(...column)).toBe(SATURATION_DN);
    expect(column.filter((value) => value > 0.99 * SATURATION_DN)).toHaveLength(5);
    expect(mean(column) * 101).toBeCloseTo(5 * SATURATION_DN, -2);
    expect(Math.abs(image[50 * 101 + 51]!)).toBeLessThan(1);
  });

  test('statistics by hand', () => {
    const s = statisticsOf(Float32Array.of(1, 2, 3, 4, Number.NaN, 16_383));
    expect(s).toMatchObject({ min: 1, max: 16_383, finite: 5, missing: 1, saturated: 1 });
    expect(s.mean).toBeCloseTo(3278.6, 6);
    expect(Math.abs(s.median - 3)).toBeLessThanOrEqual(0.25);
  });
});

describe('bytes', () => {
  test('are the same whenever and in whatever order they are made', () => {
    const request = (slot: string) => ({ id: idOf(slot), seed: SEED, size: 64, stepMs: STEP_MS });
    const first = makeFrame(request(SLOT));
    makeFrame(request('2014-01-03T00:00:00Z'));
    expect(Buffer.from(makeFrame(request(SLOT))).equals(first)).toBe(true);
  });

  test('lie where the archive has them', () => {
    expect(pathOf(idOf(SLOT, 94))).toBe('data/aia/synoptic/2014/01/01/H0600/AIA20140101_0600_0094.fits');
    expect(pathOf(idOf(SLOT, 1600, 'aia-level1'))).toBe(
      'data/aia/lev1/2014/01/01/aia.lev1_uv_24s.2014-01-01T060000Z.1600.image_lev1.fits',
    );
    expect(pathOf(idOf(SLOT, 0, 'hmi'))).toBe('data/hmi/fits/2014/01/01/hmi.M_720s.20140101_060000_TAI.fits');
  });
});
