/** What a report says about a data set: from its manifest, its coordinates and the catalog's verdicts. */
import { join } from 'node:path';
import { openCatalog, type Split } from '../../catalog/index.ts';
import { exists } from '../../core/files.ts';
import type { Workspace } from '../../core/workspace.ts';
import { type Dataset, digestOf, type VerdictDigest } from '../../curate/index.ts';
import { formatCount } from './format.ts';
import { embedImage } from './images.ts';
import type { DataReport, Fact } from './model.ts';

const SPLITS: readonly Split[] = ['train', 'validation', 'test', 'guard'];
const SHEET = 'contact-sheet.png';

export async function describeDataset(dataset: Dataset, workspace: Workspace): Promise<DataReport> {
  const digest = await digestOfDataset(dataset, workspace);
  return {
    name: dataset.name,
    facts: factsOf(dataset),
    accepted: digest && digest.judged - digest.rejected.length,
    rejected: digest?.rejected.length,
    reasons: digest ? reasonsOf(digest) : [],
    splits: splitsOf(dataset),
    contactSheet: await embedImage(
      join(dataset.directory, SHEET),
      `Contact sheet of frames of ${dataset.name}, solar north up`,
    ),
  };
}

function factsOf(dataset: Dataset): Fact[] {
  const { manifest, frames } = dataset;
  const times = frames.map(({ time }) => time).sort();
  return [
    {
      label: 'Frames',
      value: `${formatCount(dataset.count)}, ${dataset.simulated ? 'simulated' : 'observed by SDO'}`,
    },
    { label: 'Channels', value: dataset.channels.map((channel) => `${channel} Å`).join(', ') },
    { label: 'Observed', value: times.length > 0 ? `${times[0]} to ${times[times.length - 1]}` : '–' },
    {
      label: 'Sizes',
      value: `${dataset.levels[0]} × ${dataset.levels[0]} pixels and every half down to ${dataset.levels.at(-1)}`,
    },
    { label: 'Transform', value: dataset.transform.record.formula },
    { label: 'Its inverse', value: dataset.transform.record.inverse },
    { label: 'Made by', value: manifest.madeBy },
    { label: 'Hash of the manifest', value: dataset.hash },
  ];
}

/** A catalog that is not there is not made: reports may be written far from the archive. */
async function digestOfDataset(dataset: Dataset, workspace: Workspace): Promise<VerdictDigest | undefined> {
  if (!(await exists(workspace.catalog))) return undefined;
  const catalog = openCatalog(workspace.catalog);
  try {
    const digest = digestOf(catalog.verdicts(dataset.name));
    return digest.judged > 0 ? digest : undefined;
  } finally {
    catalog.close();
  }
}

/** Failed rules with the number of frames that failed them, most frequent first. */
function reasonsOf({ failures }: VerdictDigest): { reason: string; count: number }[] {
  return [...failures].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

function splitsOf(dataset: Dataset): DataReport['splits'] {
  return SPLITS.flatMap((split) => {
    const times = dataset.frames
      .filter((frame) => frame.split === split)
      .map(({ time }) => time)
      .sort();
    return times.length > 0
      ? [{ split, count: times.length, from: times[0], to: times[times.length - 1] }]
      : [];
  });
}
