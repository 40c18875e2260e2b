/** Low-latitude coronal holes: born at random like active regions, living for several rotations, turning rigidly. */
import { createRandom } from '../../numeric/random.ts';
import { DAY_MS } from './regions.ts';
import { onSphere, type Vector } from './view.ts';

export interface CoronalHole {
  centre: Vector;
  /** Unit tangent vectors along and across its long axis. */
  along: Vector;
  across: Vector;
  /** Half axes now, radians. */
  halfLength: number;
  halfWidth: number;
}

const RADIAN = Math.PI / 180;
const BIN_DAYS = 10;
const BIRTHS_PER_BIN = 0.5;
const MAX_LIFE_DAYS = 160;

export function coronalHolesAt(seed: number | string, time: Date): CoronalHole[] {
  const now = time.getTime() / DAY_MS;
  const holes: CoronalHole[] = [];
  const last = Math.floor(now / BIN_DAYS);
  for (let bin = last - Math.ceil(MAX_LIFE_DAYS / BIN_DAYS); bin <= last; bin++) {
    const random = createRandom(`${seed}/holes/${bin}`);
    const count = random.poisson(BIRTHS_PER_BIN);
    for (let index = 0; index < count; index++) {
      const hole = holeNow(random.fork(index), now, (bin + random.uniform()) * BIN_DAYS);
      if (hole) holes.push(hole);
    }
  }
  return holes;
}

function holeNow(
  random: ReturnType<typeof createRandom>,
  now: number,
  born: number,
): CoronalHole | undefined {
  const lifeDays = 50 + 110 * random.uniform();
  const phase = (now - born) / lifeDays;
  const latitude = (random.uniform() < 0.5 ? -1 : 1) * (2 + 38 * random.uniform()) * RADIAN;
  const longitude = random.uniform() * 2 * Math.PI;
  const length = (9 + 15 * random.uniform()) * RADIAN;
  const aspect = 1.4 + 2 * random.uniform();
  const lean = 0.6 * random.normal();
  if (phase <= 0 || phase >= 1) return undefined;
  const size = Math.sin(Math.PI * phase) ** 0.6;
  const [sinLean, cosLean] = [Math.sin(lean), Math.cos(lean)];
  const north = onSphere(latitude + Math.PI / 2, longitude);
  const west: Vector = [-Math.sin(longitude), Math.cos(longitude), 0];
  const mix = (p: number, q: number) => north.map((value, axis) => p * value + q * west[axis]!) as Vector;
  return {
    centre: onSphere(latitude, longitude),
    along: mix(cosLean, sinLean),
    across: mix(-sinLean, cosLean),
    halfLength: length * size,
    halfWidth: (length / aspect) * size,
  };
}

/** Above 1 at the hole's centre, 0.15 on its ellipse, negative outside: noise added to it makes the true outline. */
export function holeLevel(hole: CoronalHole, x: number, y: number, z: number): number {
  const { centre, along, across } = hole;
  if (x * centre[0] + y * centre[1] + z * centre[2] < 0.2) return -3;
  const u = (x * along[0] + y * along[1] + z * along[2]) / hole.halfLength;
  const v = (x * across[0] + y * across[1] + z * across[2]) / hole.halfWidth;
  return 1.15 - Math.sqrt(u * u + v * v);
}
