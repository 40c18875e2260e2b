/** Made things, kept while there is room and made once however often they are asked for at the same time. */
export interface Cache<Value> {
  get(key: string, make: () => Promise<Value>): Promise<Value>;
}

/** Keeps values up to `capacity` in all, by `sizeOf`; the longest kept goes first. Values are made one at a time. */
export function createCache<Value>(capacity: number, sizeOf: (value: Value) => number): Cache<Value> {
  const kept = new Map<string, Value>();
  const underWay = new Map<string, Promise<Value>>();
  let total = 0;
  // One at a time: two frames drawn in turns would take twice the memory and no less time.
  let queue: Promise<unknown> = Promise.resolve();

  const keep = (key: string, value: Value) => {
    kept.set(key, value);
    total += sizeOf(value);
    for (const [oldest, old] of kept) {
      if (total <= capacity || oldest === key) break;
      kept.delete(oldest);
      total -= sizeOf(old);
    }
  };

  return {
    async get(key, make) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const waiting = underWay.get(key);
      if (waiting) return waiting;
      const making = queue.then(make);
      queue = making.catch(() => {});
      underWay.set(key, making);
      try {
        const value = await making;
        keep(key, value);
        return value;
      } finally {
        underWay.delete(key);
      }
    },
  };
}
