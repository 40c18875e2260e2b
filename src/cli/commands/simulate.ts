/** `sungan simulate`: frames of a synthetic Sun, in a folder or behind a local archive server. */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import {
  type Archive,
  contentsOf,
  type Label,
  type Product,
  plannedFrames,
  type ServiceName,
  type SimulateOptions,
  simulateFolder,
  simulateOptions,
  startArchive,
} from '../../simulate/index.ts';
import { type CommandContext, type CommandResult, defineCommand } from '../command.ts';

export default defineCommand({
  examples: [
    'sungan simulate --wavelength 193 --from 2014-01-01 --to 2014-02-01 --cadence 6h --faults 0.05 --out sim',
    'sungan simulate --product hmi --from 2014-01-01 --to 2014-01-02 --size 4096',
    'sungan simulate --wavelength 171,193 --from 2014-01-01 --to 2014-02-01 --serve 8080',
    'sungan simulate --serve 8080 --disturbances 0.02 --jsoc-offline 0.5 --jsoc-queue 1m --jsoc-keep 10m',
  ],
  schema: simulateOptions,
  async run(options, context) {
    if (context.dryRun) return describePlan(options);
    if (options.serve !== undefined) return serve(options, options.serve, context);
    const folder = resolve(options.out ?? join(context.workspace.root, 'simulated'));
    const { labels, ...report } = await simulateFolder(options, folder, context.effects);
    const counts = countFaults(labels);
    const text = `${report.written} SIMULATED frames written to ${folder}, ${report.kept} were there; ${describeFaults(counts)}; truth in ${report.labelsPath}`;
    return { text, data: { ...report, faults: counts } };
  },
});

function describePlan(options: SimulateOptions): CommandResult {
  const contents = contentsOf(options);
  const frames = plannedFrames(contents);
  const text = `${frames.length} frames of ${contents.size} x ${contents.size} pixels from ${options.from} to ${options.to}`;
  return { text, data: { frames: frames.length, size: contents.size } };
}

/** Serves until the signal says stop; the address goes to the log at once, so that another program can start on it. */
async function serve(
  options: SimulateOptions,
  port: number,
  { effects }: CommandContext,
): Promise<CommandResult> {
  const { product, wavelengths, seed, size, faults, unnoticed, absent } = contentsOf(options);
  const { from, to, cadence, disturbances } = options;
  const archive = await startArchive({
    product,
    wavelengths,
    seed,
    size,
    faults,
    unnoticed,
    absent,
    disturbances,
    services: options.services,
    jsoc: {
      offline: options.jsocOffline,
      lost: options.jsocLost,
      queue: options.jsocQueue,
      keep: options.jsocKeep,
      ...(options.jsocMost !== undefined && { mostRecords: options.jsocMost }),
    },
    from,
    to,
    cadence,
    port,
  });
  for (const line of describeDoors(archive, product, options.services)) effects.log.info(line);
  if (!effects.signal.aborted) await once(effects.signal, 'abort');
  await archive.close();
  return {
    text: `stopped serving ${archive.url}`,
    data: { url: archive.url, faults: countFaults(archive.labels()) },
  };
}

/** One line for each source of `ingest` that can be tried here. */
function describeDoors(archive: Archive, product: Product, services: readonly ServiceName[]): string[] {
  const doors: Record<ServiceName, string> = {
    hmi: `ingest --source hmi --base-url ${archive.hmiUrl}`,
    nrt: `ingest --source synoptic-nrt --base-url ${archive.nrtUrl}`,
    jsoc: `ingest --source jsoc --base-url ${archive.url}/`,
    heliocloud: `ingest --source heliocloud --base-url ${archive.url}/`,
  };
  const main =
    product === 'aia-synoptic' ? [`ingest --source synoptic --base-url ${archive.synopticUrl}`] : [];
  return [
    `serving SIMULATED frames at ${archive.synopticUrl} until interrupted`,
    `  what is wrong with them: ${archive.labelsUrl}`,
    ...[...main, ...services.map((service) => doors[service])].map((line) => `  try: sungan ${line}`),
  ];
}

function countFaults(labels: readonly Label[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fault } of labels) if (fault !== null) counts[fault] = (counts[fault] ?? 0) + 1;
  return counts;
}

function describeFaults(counts: Record<string, number>): string {
  const entries = Object.entries(counts);
  if (entries.length === 0) return 'no faults planted';
  return `faults planted: ${entries.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
