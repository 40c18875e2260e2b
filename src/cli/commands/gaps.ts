/** `sungan gaps`: what is missing, since when, why, and what was tried. */
import { z } from 'zod';
import { type ExplainedGap, readGaps, readStatus } from '../../catalog/index.ts';
import type { Workspace } from '../../core/workspace.ts';
import { filterOf, frameSelection } from '../../ingest/index.ts';
import { defineCommand } from '../command.ts';

const STATES = [
  'expected',
  'absent',
  'blocked',
  'downloading',
  'corrupt',
  'explained',
  'superseded',
] as const;

export default defineCommand({
  examples: ['sungan gaps --wavelength 193', 'sungan gaps --states corrupt,blocked --from 2017-01-01'],
  schema: z.strictObject({
    ...frameSelection.shape,
    states: z
      .array(z.enum(STATES))
      .min(1, 'name at least one state')
      .default(['expected', 'absent', 'blocked', 'downloading', 'corrupt', 'explained'])
      .describe('kinds of missing'),
    limit: z.number().int().min(1).default(50).describe('gaps to print, longest first; --json gives all'),
  }),
  async run({ states, limit, ...selection }, { workspace, effects }) {
    const gaps = readGaps(workspace, { ...filterOf(selection, effects.clock.now()), states });
    if (!gaps) return { text: `no catalog in ${workspace.root} yet; sungan ingest makes one`, data: null };
    if (gaps.length === 0) {
      const text = isKnown(selection, workspace)
        ? 'nothing is missing'
        : 'no slots of that kind are known; sungan status shows which are';
      return { text, data: [] };
    }
    const slots = gaps.reduce((total, gap) => total + gap.frames, 0);
    const rest = gaps.length > limit ? [`... and ${gaps.length - limit} more (--limit)`] : [];
    const text = [
      `${slots} slots missing in ${gaps.length} gaps`,
      ...gaps.slice(0, limit).map(describeGap),
      ...rest,
    ];
    return { text: text.join('\n'), data: gaps };
  },
});

type Kind = { [Key in 'source' | 'product' | 'wavelength']?: string | number | undefined };

/** Whether anything of that source, product and channel was ever asked for: a slip of the pen is no good news. */
function isKnown(kind: Kind, workspace: Workspace): boolean {
  const keys = ['source', 'product', 'wavelength'] as const;
  return (readStatus(workspace, 0)?.channels ?? []).some((channel) =>
    keys.every((key) => kind[key] === undefined || kind[key] === channel[key]),
  );
}

function describeGap(gap: ExplainedGap): string {
  const {
    source,
    product,
    wavelength,
    firstSlot,
    lastSlot,
    frames,
    state,
    reason,
    tries,
    updatedAt,
    events,
  } = gap;
  const range = frames === 1 ? firstSlot : `${firstSlot} .. ${lastSlot} (${frames} slots)`;
  const channel = wavelength === 0 ? product : `${product} ${wavelength}`;
  const tried = tries === 0 ? 'never asked for' : `asked for in ${tries} run${tries === 1 ? '' : 's'}`;
  const why = reason ? `${state}, ${reason}` : state;
  const known = events.map((event) => `\n    ${event.source}: ${event.comment} (${event.start})`).join('');
  return `${source} ${channel}  ${range}: ${why}; ${tried}, last ${updatedAt.slice(0, 19)}Z${known}`;
}
