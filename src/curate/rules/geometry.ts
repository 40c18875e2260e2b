import { numberOf, type Rule } from './types.ts';

const HALF_WIDTH_RADII = 1.05;

/** Cutouts and off-points: what does not hold the whole disk cannot be registered to the others. */
export const geometry: Rule = {
  name: 'geometry',
  summary: 'distance from disk centre to the nearest edge, in solar radii: the whole disk must be inside',
  stage: 'header',
  sense: 'at least',
  limit: () => HALF_WIDTH_RADII,
  measure({ header, frame }) {
    const scale = numberOf(header, 'CDELT1');
    const radius = numberOf(header, 'RSUN_OBS');
    const centre = [numberOf(header, 'CRPIX1'), numberOf(header, 'CRPIX2')];
    const { width, height } = frame;
    if (!scale || !radius || centre[0] === null || centre[1] === null || !width || !height)
      return { score: null };
    const [x, y] = centre as [number, number];
    const room = Math.min(x - 0.5, width + 0.5 - x, y - 0.5, height + 0.5 - y);
    const radii = (room * Math.abs(scale)) / radius;
    return { score: radii, note: `disk centre at pixel ${x}, ${y} of ${width} x ${height}` };
  },
};
