/** From values to the integers of a file. */

/** `values` in steps of `step`; NaN becomes `blank`. */
export function stored<Store extends Int16Array | Int32Array>(
  values: Float32Array,
  store: Store,
  step: number,
  blank: number,
): Store {
  for (let i = 0; i < values.length; i++)
    store[i] = Number.isNaN(values[i]!) ? blank : Math.round(values[i]! / step);
  return store;
}
