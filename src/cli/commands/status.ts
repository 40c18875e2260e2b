/** `sungan status`: what is there, and how the last runs went. */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { type ChannelStatus, readStatus, type Status } from '../../catalog/index.ts';
import { defineCommand } from '../command.ts';

type PastRun = Status['runs'][number];

export default defineCommand({
  examples: ['sungan status', 'sungan status --json | jq .channels'],
  schema: z.strictObject({
    runs: z.number().int().min(0).default(5).describe('how many of the last runs to show'),
  }),
  async run({ runs }, { workspace }) {
    const status = readStatus(workspace, runs);
    const datasets = await foldersIn(workspace.datasets);
    const trainings = await foldersIn(workspace.runs);
    const made = [...listed('datasets', datasets), ...listed('trained runs', trainings)];
    const parts = status
      ? [table(status.channels), status.runs.map(describeRun), made]
      : [[`no catalog in ${workspace.root} yet; sungan ingest makes one`], made];
    const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
    const isEmpty = status === undefined && made.length === 0;
    const data = isEmpty ? null : { channels: [], runs: [], ...status, datasets, trainings };
    return { text: text.join('\n\n'), data };
  },
});

/** Names of the visible folders, in order; none where there is no such place. */
async function foldersIn(place: string): Promise<string[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
}

function table(channels: readonly ChannelStatus[]): string[] {
  if (channels.length === 0) return ['no slots yet'];
  const rows = channels.map((channel) => [
    channel.source,
    channel.product,
    channel.wavelength === 0 ? '-' : `${channel.wavelength}`,
    `${channel.stored}`,
    `${(channel.bytes / 1e9).toFixed(2)} GB`,
    channel.firstStored ? `${channel.firstStored.slice(0, 16)} .. ${channel.lastStored!.slice(0, 16)}` : '-',
    Object.entries(channel.missing)
      // Replaced by a better source: not missed.
      .filter(([state]) => state !== 'superseded')
      .map(([state, count]) => `${count} ${state}`)
      .join(', ') || 'nothing',
  ]);
  return columns([['source', 'product', 'channel', 'stored', 'size', 'range', 'missing'], ...rows]);
}

/** Text columns as wide as their widest cell. */
function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function describeRun({ id, command, startedAt, finishedAt, exitCode, summary }: PastRun): string {
  const end = finishedAt === null ? 'did not end (running, or killed)' : `exit ${exitCode}`;
  const numbers = Object.entries((summary ?? {}) as Record<string, unknown>)
    .filter(([, value]) => typeof value === 'number' && value !== 0)
    .map(([name, value]) => `${name} ${Math.round(value as number)}`);
  const { error } = (summary ?? {}) as { error?: unknown };
  const tale = typeof error === 'string' ? [error.split('\n')[0]!] : numbers;
  return `run ${id}  ${startedAt.slice(0, 19)}Z  ${command}  ${end}${tale.length ? `: ${tale.join(', ')}` : ''}`;
}
