/** What is done to a frame's numbers before its pixels are touched: exposure, degradation, pointing. */

import type { HeaderRecord } from '../../catalog/index.ts';
import type { Recipe } from '../manifest.ts';
import { type Pointing, pointingOf } from '../register.ts';
import { numberOf } from '../rules/index.ts';
import type { ScreenedFrame } from '../screen.ts';
import { type EmpiricalFit, empiricalFactor } from './empirical.ts';
import { type PointingTable, pointingAt } from './pointing-table.ts';
import { degradationFactor, type ResponseEpoch } from './response-table.ts';

export interface CalibrationTables {
  pointing: PointingTable | undefined;
  response: readonly ResponseEpoch[] | undefined;
}

export interface Calibration {
  /** What the counts are multiplied by. */
  factor: number;
  pointing: Pointing | undefined;
  exposureSeconds: number;
  /** For the frame's provenance. */
  steps: string[];
}

export function calibrate(member: ScreenedFrame, recipe: Recipe, tables: CalibrationTables): Calibration {
  const { channel, frame, timeMs } = member;
  const header = frame.header ?? {};
  const steps: string[] = [];
  const exposureSeconds = numberOf(header, 'EXPTIME') ?? frame.exposureSeconds ?? Number.NaN;
  let factor = 1;
  if (channel.nominalExposureSeconds !== null) {
    factor = channel.nominalExposureSeconds / exposureSeconds;
    steps.push(`exposure ${exposureSeconds} s to ${channel.nominalExposureSeconds} s`);
  }
  const left = sensitivityLeft(channel.name, channel.wavelength, timeMs, recipe, tables);
  if (left !== undefined) {
    factor /= left;
    steps.push(`degradation (${recipe.degradation}): divided by ${Number(left.toPrecision(6))}`);
  }
  const isWanted = recipe.degradation !== 'none' && channel.instrument === 'AIA';
  if (left === undefined && isWanted) steps.push('degradation: none is known for this time, not corrected');
  const { pointing, step } = correctedPointing(member, header, tables.pointing);
  if (step) steps.push(step);
  if (!pointing) steps.push('no pointing in the header: taken as registered');
  return { factor, pointing, exposureSeconds, steps };
}

function sensitivityLeft(
  channel: string,
  wavelength: number,
  timeMs: number,
  recipe: Recipe,
  tables: CalibrationTables,
): number | undefined {
  const fit: EmpiricalFit | undefined = recipe.empirical?.[channel];
  if (recipe.degradation === 'empirical' && fit) return empiricalFactor(fit, timeMs);
  if (recipe.degradation === 'v10' && tables.response)
    return degradationFactor(tables.response, wavelength, timeMs);
  return undefined;
}

/** Level 1.5 frames are registered by their own header; the table describes the telescope, level 1. */
function correctedPointing(
  { channel, frame, timeMs }: ScreenedFrame,
  header: HeaderRecord,
  table: PointingTable | undefined,
): { pointing: Pointing | undefined; step?: string } {
  const pointing = pointingOf(header);
  const level = numberOf(header, 'LVL_NUM') ?? (/\.lev1\.5/.test(frame.product) ? 1.5 : 1);
  if (!pointing || !table || channel.instrument !== 'AIA' || level >= 1.5) return { pointing };
  const row = pointingAt(table, timeMs);
  const values = row?.channels[channel.name];
  if (!row || !values)
    return { pointing, step: 'pointing of the header: the table has no row for this time' };
  const [x0, y0] = [numberOf(header, 'X0_MP'), numberOf(header, 'Y0_MP')];
  const satellite = numberOf(header, 'SAT_ROT') ?? 0;
  const orHeader = (value: number, fallback: number) => (Number.isFinite(value) ? value : fallback);
  // The table counts pixels of the detector; a binned frame has fewer and larger ones.
  const binning = Math.max(
    1,
    Math.round(pointing.arcsecPerPixel / orHeader(values.imageScale, pointing.arcsecPerPixel)),
  );
  const corrected = {
    ...pointing,
    centreX: pointing.centreX + (x0 === null ? 0 : orHeader(values.x0 - x0, 0)) / binning,
    centreY: pointing.centreY + (y0 === null ? 0 : orHeader(values.y0 - y0, 0)) / binning,
    arcsecPerPixel: orHeader(values.imageScale * binning, pointing.arcsecPerPixel),
    rotationDegrees: orHeader(values.instrumentRotation + satellite, pointing.rotationDegrees),
  };
  const isWhole = Object.values(values).every(Number.isFinite);
  const rest = isWhole ? '' : ', of the header where it has no value';
  return {
    pointing: corrected,
    step: `pointing table, row of ${new Date(row.startMs).toISOString()}${rest}`,
  };
}
