/** Coronal bright points: small bipoles everywhere on the Sun, hole or not, living for some hours (Golub et al. 1974: 8 h). */
import { createRandom } from '../../numeric/random.ts';
import { carringtonDrift } from './rotation.ts';
import { onSphere, type Vector } from './view.ts';

export interface BrightPoint {
  position: Vector;
  /** Peak now, relative to a strong bright point. */
  brightness: number;
  /** Gaussian half-lengths along and across, Mm, and the direction of its loop on the surface, radians. */
  lengthMm: number;
  widthMm: number;
  direction: number;
}

const HOUR_MS = 3_600_000;
const BIN_HOURS = 6;
const BIRTHS_PER_BIN = 330;
const MAX_LIFE_HOURS = 36;

export function brightPointsAt(seed: number | string, time: Date): BrightPoint[] {
  const hours = time.getTime() / HOUR_MS;
  const last = Math.floor(hours / BIN_HOURS);
  const points: BrightPoint[] = [];
  for (let bin = last - Math.ceil(MAX_LIFE_HOURS / BIN_HOURS); bin <= last; bin++) {
    const random = createRandom(`${seed}/points/${bin}`);
    for (let index = 0; index < BIRTHS_PER_BIN; index++) {
      const sinLatitude = 2 * random.uniform() - 1;
      const longitude = 2 * Math.PI * random.uniform();
      const age = hours - (bin + random.uniform()) * BIN_HOURS;
      const life = Math.min(MAX_LIFE_HOURS, 3 - 9 * Math.log(1 - random.uniform()));
      const strength = Math.min(4, 0.25 * Math.exp(1.0 * random.normal()));
      const lengthMm = 2.4 + 4.6 * random.uniform();
      const direction = Math.PI * random.uniform();
      if (age <= 0 || age >= life) continue;
      const drift = carringtonDrift(sinLatitude, age / 24);
      points.push({
        position: onSphere(Math.asin(sinLatitude), longitude + drift),
        brightness: strength * Math.sin((Math.PI * age) / life),
        lengthMm,
        widthMm: lengthMm * 0.55,
        direction,
      });
    }
  }
  return points;
}
