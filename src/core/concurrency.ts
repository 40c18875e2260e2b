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
