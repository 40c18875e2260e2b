/** Which products an archive holds, from its options: the one asked for, and what its services have of the same range. */
import { SunganError } from '../../core/errors.ts';
import { requireDuration, requireTime } from '../../core/time.ts';
import { MOST_SLOTS, requireContents, slotCount } from '../plan.ts';
import type { Product } from '../products.ts';
import type { ArchiveOptions, ServiceName } from './options.ts';
import type { Holding } from './store.ts';

const MINUTE_MS = 60_000;
/** Near-real-time frames come 15 to 20 minutes late. */
const NRT_AFTER_MS = 20 * MINUTE_MS;
/** The bucket is a copy that ends with 2022. */
const BUCKET_ENDS = '2023-01-01';

/** Products of a service, each with the shortest time between its frames; a coarser cadence holds for them too. */
const SERVED: Record<ServiceName, readonly { product: Product; stepMs: number }[]> = {
  hmi: [{ product: 'hmi', stepMs: 60 * MINUTE_MS }],
  nrt: [{ product: 'aia-nrt', stepMs: 3 * MINUTE_MS }],
  jsoc: [
    { product: 'aia-level1', stepMs: 12_000 },
    { product: 'hmi', stepMs: 60 * MINUTE_MS },
    { product: 'hmi-45s', stepMs: 45_000 },
    { product: 'hmi-continuum', stepMs: 12 * MINUTE_MS },
  ],
  heliocloud: [{ product: 'aia-heliocloud', stepMs: 4 * MINUTE_MS }],
};

export function holdingsOf(options: ArchiveOptions): Holding[] {
  const product = options.product ?? 'aia-synoptic';
  const services = options.services ?? [];
  const publishedAfterMs =
    options.publishedAfter === undefined
      ? undefined
      : requireDuration(options.publishedAfter, 'publishedAfter');
  const holdings = new Map<Product, Holding>([
    [product, { contents: contentsOf(options, product), isListed: true, publishedAfterMs }],
  ]);
  for (const service of services) {
    for (const served of SERVED[service]) {
      const to = served.product === 'aia-heliocloud' ? earlier(options.to, BUCKET_ENDS) : options.to;
      if (holdings.has(served.product) || requireTime(options.from, 'from') >= requireTime(to, 'to'))
        continue;
      const coarse = requireDuration(options.cadence, 'cadence') > served.stepMs;
      const cadence = coarse ? options.cadence : `${served.stepMs / 1000}s`;
      const isNrt = served.product === 'aia-nrt';
      holdings.set(served.product, {
        contents: contentsOf({ ...options, to, cadence }, served.product),
        isListed: isNrt || (served.product === 'hmi' && services.includes('hmi')),
        publishedAfterMs: isNrt && publishedAfterMs !== undefined ? NRT_AFTER_MS : publishedAfterMs,
      });
    }
  }
  const all = [...holdings.values()];
  const slots = all.reduce((sum, { contents }) => sum + slotCount(contents), 0);
  if (slots > MOST_SLOTS)
    throw new SunganError(
      'usage',
      `${slots} slots are more than the ${MOST_SLOTS} that an archive can hold`,
      {
        where: '--from, --to, --cadence',
        remedy: 'give a shorter range, a longer cadence, fewer channels or fewer --services',
      },
    );
  return all;
}

function contentsOf(options: ArchiveOptions, product: Product) {
  return requireContents({ size: 1024, faults: 0, unnoticed: 0.15, absent: 0, ...options, product });
}

function earlier(a: string, b: string): string {
  return requireTime(a, 'to') < requireTime(b, 'to') ? a : b;
}
