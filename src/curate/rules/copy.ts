import { formatTime } from '../../core/time.ts';
import { measured, type Rule } from './types.ts';

/** Copies differ by rounding; the noise of the photons alone makes more than ten steps between two exposures. */
const SMALLEST_STEPS = 4;

/** Files that came twice under other times: the FSN may be told wrongly, the picture is not. */
export const copy: Rule = {
  name: 'copy',
  summary:
    'scatter of the difference, in 16-bit steps, from the most similar accepted frame: those just before, and any with an equal perceptual hash',
  stage: 'pixels',
  sense: 'at least',
  limit: () => SMALLEST_STEPS,
  measure: ({ comparison }) =>
    measured(comparison?.likeness?.steps, (value) => {
      const time = formatTime(new Date(comparison!.likeness!.timeMs));
      return `${Number(value.toPrecision(3))} steps from the frame of ${time}`;
    }),
};

/** Kept so that later frames can be compared with this one; rejects nothing. */
export const pictureHash: Rule = {
  name: 'picture-hash',
  summary: 'perceptual hash of the disk, 48 bits as a number; what copy looks up; never rejects by itself',
  stage: 'pixels',
  sense: 'at least',
  limit: () => null,
  measure: ({ pictureHash: hash }) => ({ score: hash ?? null }),
};
