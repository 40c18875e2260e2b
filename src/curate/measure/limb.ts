/**
 * Where the Sun is: in each of 72 directions the outermost radius at which the corona, averaged over the sector, is
 * still a third as bright as the disk. Above the limb it falls off by e every 0.07 radii, so an off-point of a tenth of
 * a radius moves these radii by as much as bright loops scatter them; a robust fit of a circle tells the two apart.
 */
import { type Image, median, sampleLinear } from '../../numeric/index.ts';

const DIRECTIONS = 72;
const SAMPLES_PER_DIRECTION = 5;
const STEP_RADII = 0.01;
const INNERMOST = 0.4;
const OUTERMOST = 1.5;
/** Brightness of the edge, of the median brightness just inside the limb. */
const EDGE_LEVEL = 0.35;
/** How far an edge may lie from the fitted circle and count as found, in radii. */
const TOLERANCE_RADII = 0.15;
const FIT_ROUNDS = 30;

export interface LimbMeasurements {
  centreOffset: number | null;
  limbShare: number | null;
}

export function measureLimb(image: Image, radius: number): LimbMeasurements {
  const profiles = radialProfiles(image, radius);
  const inside = profiles.map((profile) => median(profile.filter((_, k) => isInside(radiusAt(k)))));
  const level = EDGE_LEVEL * median(inside);
  if (!(level > 0)) return { centreOffset: null, limbShare: null };
  const edges = profiles.map((profile) => radiusAt(profile.findLastIndex((value) => value >= level)));
  const { centreX, centreY, residuals } = fitCircle(edges);
  const found = residuals.filter((residual) => Math.abs(residual) <= TOLERANCE_RADII).length;
  return { centreOffset: Math.hypot(centreX, centreY), limbShare: found / DIRECTIONS };
}

const radiusAt = (index: number) => INNERMOST + STEP_RADII * Math.max(0, index);
const isInside = (radii: number) => radii > 0.8 && radii < 0.97;
const angleOf = (direction: number, sample: number) =>
  (2 * Math.PI * (direction + sample / SAMPLES_PER_DIRECTION)) / DIRECTIONS;

function radialProfiles(image: Image, radius: number): number[][] {
  const middle = (image.width - 1) / 2;
  const steps = Math.floor((Math.min(OUTERMOST, middle / radius) - INNERMOST) / STEP_RADII);
  return Array.from({ length: DIRECTIONS }, (_, direction) =>
    Array.from({ length: Math.max(0, steps) }, (_unused, step) => {
      const distance = radius * radiusAt(step);
      let sum = 0;
      for (let sample = 0; sample < SAMPLES_PER_DIRECTION; sample++) {
        const angle = angleOf(direction, sample);
        sum += sampleLinear(image, middle + distance * Math.cos(angle), middle + distance * Math.sin(angle));
      }
      return sum / SAMPLES_PER_DIRECTION;
    }),
  );
}

/** Least absolute deviations of r = r0 + x cos + y sin, by repeatedly weighted least squares. */
function fitCircle(edges: readonly number[]): { centreX: number; centreY: number; residuals: number[] } {
  const rows = edges.map((_, direction) => {
    const angle = angleOf(direction, (SAMPLES_PER_DIRECTION - 1) / 2);
    return [1, Math.cos(angle), Math.sin(angle)] as const;
  });
  let weights = edges.map(() => 1);
  let solution = [median(edges), 0, 0];
  let residuals: number[] = [];
  for (let round = 0; round < FIT_ROUNDS; round++) {
    solution = solveWeighted(rows, edges, weights);
    residuals = edges.map(
      (edge, i) => edge - rows[i]!.reduce((sum, value, k) => sum + value * solution[k]!, 0),
    );
    weights = residuals.map((residual) => 1 / Math.max(Math.abs(residual), STEP_RADII));
  }
  return { centreX: solution[1]!, centreY: solution[2]!, residuals };
}

/** Normal equations of three unknowns by Cramer's rule. */
function solveWeighted(
  rows: readonly (readonly [number, number, number])[],
  values: readonly number[],
  weights: readonly number[],
): number[] {
  const matrix = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => rows.reduce((sum, row, k) => sum + weights[k]! * row[i]! * row[j]!, 0)),
  );
  const right = [0, 1, 2].map((i) =>
    rows.reduce((sum, row, k) => sum + weights[k]! * row[i]! * values[k]!, 0),
  );
  const whole = determinant(matrix);
  return [0, 1, 2].map((column) => {
    const replaced = matrix.map((row, i) => row.map((value, j) => (j === column ? right[i]! : value)));
    return determinant(replaced) / whole;
  });
}

function determinant(m: readonly (readonly number[])[]): number {
  const [a, b, c] = m as [number[], number[], number[]];
  return (
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
    a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)
  );
}
