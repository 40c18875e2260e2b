import { pointingOf } from '../register.ts';
import type { Rule } from './types.ts';

const HALF_WIDTH_RADII = 1.05;

/** Cutouts and off-points: what does not hold the whole disk cannot be registered to the others. */
export const geometry: Rule = {
  name: 'geometry',
  summary: 'distance from disk centre to the nearest edge, in solar radii: the whole disk must be inside',
  stage: 'header',
  sense: 'at least',
  limit: () => HALF_WIDTH_RADII,
  measure({ header, frame }) {
    const pointing = pointingOf(header);
    const { width, height } = frame;
    if (!pointing?.radiusArcsec || !width || !height) return { score: null };
    const { centreX, centreY, arcsecPerPixel, radiusArcsec } = pointing;
    const room = Math.min(centreX + 0.5, width - 0.5 - centreX, centreY + 0.5, height - 0.5 - centreY);
    const place = [centreX, centreY].map((value) => Number((value + 1).toPrecision(8))).join(', ');
    return {
      score: (room * arcsecPerPixel) / radiusArcsec,
      note: `disk centre at pixel ${place} of ${width} x ${height}`,
    };
  },
};
