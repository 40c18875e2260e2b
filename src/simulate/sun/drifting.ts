/**
 * Random fields that turn differentially with the surface. As shear would wind any pattern up, each generation lives for a
 * few days and fades into the next.
 */
import { generationsAt } from './generations.ts';
import { carringtonDrift } from './rotation.ts';
import { createPlaces, type Places } from './rows.ts';
import { createField, type Field } from './texture.ts';

/** About the lifetime of the supergranular network. */
const GENERATION_DAYS = 3;
const TURN_STEPS = 4096;

export interface DriftingFields<Name extends string> {
  /** Every field along a row of places, zero mean and unit variance times its weight; valid until the next call. */
  sample(places: Places): Record<Name, Float64Array>;
}

export interface DriftingRequest<Name extends string> {
  seed: number | string;
  time: Date;
  /** Feature sizes, solar radii. */
  sizes: Record<Name, number>;
  /** A field of weight 0 is not sampled. */
  weights: Record<Name, number>;
  /** Places of a row, at most. */
  capacity: number;
}

interface Layer<Name extends string> {
  weight: number;
  /** Rotation since the generation's best time, by the sine of latitude. */
  cos: Float64Array;
  sin: Float64Array;
  warp: Field;
  fields: Record<Name, Field>;
}

export function driftingFields<Name extends string>(request: DriftingRequest<Name>): DriftingFields<Name> {
  const { time, weights, capacity } = request;
  const layers = generationsAt(time, GENERATION_DAYS).map(({ index, weight }) =>
    layerOf(request, index, weight),
  );
  const names = Object.keys(request.sizes) as Name[];
  const turned = createPlaces(capacity);
  const bends = new Float64Array(capacity);
  const values = Object.fromEntries(names.map((name) => [name, new Float64Array(capacity)])) as Record<
    Name,
    Float64Array
  >;
  return {
    sample(places) {
      for (const name of names) values[name].fill(0, 0, places.count);
      for (const layer of layers) {
        turnBack(layer, places, turned, bends);
        for (const name of names) {
          if (weights[name] > 0) layer.fields[name].addTo(turned, layer.weight * weights[name], values[name]);
        }
      }
      return values;
    },
  };
}

function layerOf<Name extends string>(
  { seed, time, sizes }: DriftingRequest<Name>,
  index: number,
  weight: number,
): Layer<Name> {
  const key = (name: string) => `${seed}/fine/${index}/${name}`;
  const elapsed = time.getTime() / 86_400_000 - index * GENERATION_DAYS;
  const cos = new Float64Array(TURN_STEPS + 1);
  const sin = new Float64Array(TURN_STEPS + 1);
  for (let step = 0; step <= TURN_STEPS; step++) {
    const angle = carringtonDrift(step / TURN_STEPS, elapsed);
    cos[step] = Math.cos(angle);
    sin[step] = Math.sin(angle);
  }
  const fields = Object.fromEntries(
    (Object.keys(sizes) as Name[]).map((name) => [name, createField(key(name), sizes[name])]),
  ) as Record<Name, Field>;
  return { weight, cos, sin, warp: createField(key('warp'), 0.11), fields };
}

/** Where each place was at the generation's best time, bent a little so that lanes curl. */
function turnBack(
  layer: Pick<Layer<string>, 'cos' | 'sin' | 'warp'>,
  places: Places,
  turned: Places,
  bends: Float64Array,
): void {
  const { x, y, z, count } = places;
  turned.count = count;
  for (let n = 0; n < count; n++) {
    const step = (Math.abs(z[n]!) * TURN_STEPS) | 0;
    const c = layer.cos[step]!;
    const s = layer.sin[step]!;
    turned.x[n] = x[n]! * c + y[n]! * s;
    turned.y[n] = y[n]! * c - x[n]! * s;
    turned.z[n] = z[n]!;
  }
  bends.fill(0, 0, count);
  layer.warp.addTo(turned, 1, bends);
  for (let n = 0; n < count; n++) {
    turned.x[n]! += 0.016 * bends[n]!;
    turned.y[n]! -= 0.012 * bends[n]!;
    turned.z[n]! += 0.014 * bends[n]!;
  }
}
