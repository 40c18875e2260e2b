/**
 * Patterns that live for weeks, sampled on the coarse Carrington grid. Two generations cross-fade; the grids of a
 * generation are kept, because an archive asks for many frames of the same weeks.
 */
import { generationsAt } from './generations.ts';
import { createPlaces } from './rows.ts';
import { createField } from './texture.ts';

export const MAP_COLUMNS = 288;
export const MAP_ROWS = 192;
export const COSINES = Float64Array.from({ length: MAP_COLUMNS }, (_, column) =>
  Math.cos((2 * Math.PI * column) / MAP_COLUMNS),
);
export const SINES = Float64Array.from({ length: MAP_COLUMNS }, (_, column) =>
  Math.sin((2 * Math.PI * column) / MAP_COLUMNS),
);

/** Feature sizes in solar radii. */
const SIZES = { large: 0.42, spine: 0.75, filament: 0.4, ragged: 0.28, finer: 0.1 } as const;
type SlowPattern = keyof typeof SIZES;

const GENERATION_DAYS = 45;
/** Two generations of every pattern for two seeds: 5 MB. */
const KEPT_GRIDS = 20;

const grids = new Map<string, Float32Array>();

/** Each pattern on the grid [row][column], zero mean, unit variance at any time. */
export function slowPatterns(seed: number | string, time: Date): Record<SlowPattern, Float32Array> {
  const generations = generationsAt(time, GENERATION_DAYS);
  const blend = (name: SlowPattern) => {
    const result = new Float32Array(MAP_ROWS * MAP_COLUMNS);
    for (const { index, weight } of generations) {
      const grid = gridOf(`${seed}/${name}/${index}`, SIZES[name]);
      for (let i = 0; i < result.length; i++) result[i]! += weight * grid[i]!;
    }
    return result;
  };
  return {
    large: blend('large'),
    spine: blend('spine'),
    filament: blend('filament'),
    ragged: blend('ragged'),
    finer: blend('finer'),
  };
}

function gridOf(key: string, featureSize: number): Float32Array {
  const known = grids.get(key);
  if (known) return known;
  const field = createField(key, featureSize);
  const grid = new Float32Array(MAP_ROWS * MAP_COLUMNS);
  const places = createPlaces(MAP_COLUMNS);
  places.count = MAP_COLUMNS;
  const values = new Float64Array(MAP_COLUMNS);
  for (let row = 0; row < MAP_ROWS; row++) {
    const z = -1 + (2 * row) / (MAP_ROWS - 1);
    const ring = Math.sqrt(Math.max(0, 1 - z * z));
    for (let column = 0; column < MAP_COLUMNS; column++) {
      places.x[column] = ring * COSINES[column]!;
      places.y[column] = ring * SINES[column]!;
      places.z[column] = z;
    }
    values.fill(0);
    field.addTo(places, 1, values);
    grid.set(values, row * MAP_COLUMNS);
  }
  grids.set(key, grid);
  for (const oldest of grids.keys()) {
    if (grids.size <= KEPT_GRIDS) break;
    grids.delete(oldest);
  }
  return grid;
}
