/**
 * Rows of places on the Sun. Fields and maps are sampled a row at a time: a call per pixel would box every coordinate as
 * a heap number, which costs more than the sampling itself.
 */
export interface Places {
  /** Unit vectors of the Carrington frame, one after another in three arrays; the first `count` are valid. */
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
  count: number;
}

export function createPlaces(capacity: number): Places {
  return {
    x: new Float64Array(capacity),
    y: new Float64Array(capacity),
    z: new Float64Array(capacity),
    count: 0,
  };
}
