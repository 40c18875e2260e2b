/** What a run over an archive asks for: options resolved into a product, channels and slots. Pure. */
import type { SlotKey } from '../catalog/index.ts';
import { SunganError } from '../core/errors.ts';
import { closest } from '../core/options.ts';
import { requireDuration } from '../core/time.ts';
import type { RateLimits } from './http/engine.ts';
import { parseHostLimits } from './http/host-limits.ts';
import type { IngestOptions } from './options.ts';
import type { PlanPolicy } from './plan.ts';
import { resolveCadence, resolveRange, slotKeys, slotTimes } from './slots.ts';
import type { ArchiveSource } from './sources/index.ts';

export function keysOf(source: ArchiveSource, options: IngestOptions, now: Date): SlotKey[] {
  const product = productOf(source, options);
  // A channel that is named twice is one: two transfers of one file would write over each other.
  const wavelengths = [...new Set(source.wavelengths(product, options))];
  if (options.from === undefined) {
    const remedy = 'for instance --from 2014-01-01 --to 2014-02-01, or --from 30d';
    throw new SunganError('usage', 'from when on?', { where: '--from', remedy });
  }
  const range = resolveRange(options.from, options.to, now);
  const finest = Math.min(...wavelengths.map((wavelength) => source.stepMs(product, wavelength)));
  const cadence = resolveCadence(options.cadence, finest);
  requireFewSlots(((range.to - range.from) / cadence) * wavelengths.length);
  const times = slotTimes(range, cadence);
  const keys = slotKeys(source.name, product, wavelengths, times);
  return keys.filter(({ slot, wavelength }) => Date.parse(slot) % source.stepMs(product, wavelength) === 0);
}

/** Each takes half a kilobyte while a run plans. */
const MOST_SLOTS = 4e6;

function requireFewSlots(slots: number): void {
  if (slots <= MOST_SLOTS) return;
  throw new SunganError('usage', `${Math.round(slots).toLocaleString('en')} slots are too many for one run`, {
    where: '--from, --to, --cadence',
    remedy: `at most ${MOST_SLOTS.toLocaleString('en')}: ask for one part of the range after the other, or for a longer cadence`,
  });
}

function productOf(source: ArchiveSource, { product }: IngestOptions): string {
  const found = product === undefined ? source.products[0] : source.products.find((name) => name === product);
  if (found) return found;
  const near = closest(product!, source.products);
  throw new SunganError('usage', `the source ${source.name} has no product '${product}'`, {
    where: '--product',
    remedy: near ? `did you mean ${near}?` : `it has ${source.products.join(', ')}`,
  });
}

export function policyOf(options: IngestOptions, now: Date): PlanPolicy {
  return {
    now: now.getTime(),
    maxTries: options.maxTries,
    revisitMs: requireDuration(options.revisit, '--revisit'),
  };
}

/** Zero is a wish too. */
export function optionalDuration(text: string, option: string): number {
  return /^0\s*[a-z]*$/.test(text.trim()) ? 0 : requireDuration(text, option);
}

/** Addresses that replace the source's own, each ending in a slash. */
export function baseUrlsOf(
  source: ArchiveSource,
  { baseUrl }: Pick<IngestOptions, 'baseUrl'>,
  option = '--base-url',
): string[] {
  if (baseUrl === undefined) return [...source.baseUrls];
  return baseUrl.split(',').map((text) => requireFolderUrl(text.trim(), option));
}

/** An address that names of files can be put behind. It is noted in the catalog: secrets have no place in it. */
export function requireFolderUrl(text: string, option: string): string {
  const address = text.endsWith('/') ? text : `${text}/`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new SunganError('usage', `'${text}' is not an http(s) address`, { where: option });
  if (url.username || url.password || url.search || url.hash)
    throw new SunganError('usage', `an address with a password or a query cannot be used (${url.host})`, {
      where: option,
      remedy: 'give the folder only; a mirror that wants a password needs a proxy in front of it',
    });
  return address;
}

/** Connections and rates: the user's for a host, else for all, within what is polite to the source's own hosts. */
export function limitsOf(
  source: ArchiveSource,
  options: IngestOptions,
  jobs: number | undefined,
): RateLimits {
  const connections = parseHostLimits(options.hostConnections);
  const rates = parseHostLimits(options.hostMbPerSecond);
  const own = new Set(source.baseUrls.map((url) => new URL(url).host));
  const { maxMbPerSecond } = options;
  return {
    connectionsOf(host) {
      const given = connections.get(host);
      const wanted = Math.max(1, Math.round(given ?? jobs ?? source.connections));
      return given !== undefined && !own.has(host) ? wanted : Math.min(wanted, source.maxConnections);
    },
    bytesPerSecond: maxMbPerSecond === undefined ? undefined : maxMbPerSecond * 1e6,
    bytesPerSecondOf(host) {
      const rate = rates.get(host);
      return rate ? rate * 1e6 : undefined;
    },
  };
}
