/** Bounded concurrency over a list of work. */
import pLimit from 'p-limit';

/** Runs `task` over `items`, at most `limit` at once, results in the items' order; the first failure rejects. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  task: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const run = pLimit(Math.max(1, limit));
  return Promise.all(items.map((item, index) => run(() => task(item, index))));
}

/** Runs `task` over `items`, at most `limit` at once, with no memory for each: of a million, promises fill a gigabyte. */
export async function forEachConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  task: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const entries = items.entries();
  const work = async () => {
    for (const [index, item] of entries) await task(item, index);
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
}
