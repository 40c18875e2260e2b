/** The ground truth of the synthetic archive beside what the catalog says of the same slots. */
import type { Catalog, Frame, RuleScore } from '../../catalog/index.ts';
import type { Label } from '../../simulate/index.ts';

export interface FaultAudit {
  fault: string;
  planted: number;
  /** Of those, shown by keywords alone or by the file itself (no header to read). */
  visible: number;
  caughtVisible: number;
  /** Of the others, which need a look at the pixels. */
  caughtHidden: number;
  /** The reason given most often. */
  reason: string;
}

export interface Audit {
  faults: FaultAudit[];
  goodFrames: number;
  /** Good frames that were refused, with the reason: there should be none. */
  goodRefused: { slot: string; reason: string }[];
  /** Visible faults that were let through: there should be none. */
  missed: { slot: string; fault: string }[];
}

/** Reason why each slot is not in the dataset, by slot; undefined when it is. */
type Refusals = (slot: string) => string | undefined;

export function auditCatalog(labels: readonly Label[], catalog: Catalog, dataset: string): Audit {
  const refusalOf = refusals(catalog, dataset);
  const good = labels.filter(({ fault }) => fault === null);
  const bad = labels.filter(({ fault }) => fault !== null);
  const names = [...new Set(bad.map(({ fault }) => fault as string))].sort();
  return {
    faults: names.map((fault) =>
      auditFault(
        fault,
        bad.filter((label) => label.fault === fault),
        refusalOf,
      ),
    ),
    goodFrames: good.length,
    goodRefused: good.flatMap(({ slot }) => {
      const reason = refusalOf(slot);
      return reason === undefined ? [] : [{ slot, reason }];
    }),
    missed: bad
      .filter((label) => isVisible(label) && refusalOf(label.slot) === undefined)
      .map(({ slot, fault }) => ({ slot, fault: fault as string })),
  };
}

function refusals(catalog: Catalog, dataset: string): Refusals {
  const frames = new Map(catalog.frames({}).map((frame) => [frame.slot, frame]));
  const verdicts = new Map([...catalog.verdicts(dataset)].map((verdict) => [verdict.frameId, verdict]));
  return (slot) => {
    const frame = frames.get(slot);
    if (!frame) return 'not in the catalog';
    if (frame.state !== 'stored') return describeState(frame);
    const verdict = verdicts.get(frame.id);
    if (!verdict) return 'not judged';
    return verdict.accepted ? undefined : describeScores(verdict.scores);
  };
}

const describeState = ({ state, reason }: Frame) => (reason ? `${state}: ${reason}` : state);

function describeScores(scores: readonly RuleScore[]): string {
  return scores
    .filter(({ passed }) => !passed)
    .map(({ rule, note }) => note ?? rule)
    .join('; ');
}

const isVisible = ({ evidence }: Label) => evidence === 'header' || evidence === 'file';

function auditFault(fault: string, labels: readonly Label[], refusalOf: Refusals): FaultAudit {
  const visible = labels.filter(isVisible);
  const caught = labels.filter(({ slot }) => refusalOf(slot) !== undefined);
  const caughtVisible = caught.filter(isVisible).length;
  return {
    fault,
    planted: labels.length,
    visible: visible.length,
    caughtVisible,
    caughtHidden: caught.length - caughtVisible,
    reason: mostFrequent(caught.map(({ slot }) => refusalOf(slot) as string)),
  };
}

function mostFrequent(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

export function describeAudit(audit: Audit): string {
  const rows = audit.faults.map(({ fault, planted, visible, caughtVisible, caughtHidden, reason }) => [
    fault,
    `${caughtVisible} of ${visible}`,
    `${caughtHidden} of ${planted - visible}`,
    reason.length > 70 ? `${reason.slice(0, 67)}...` : reason,
  ]);
  const table = [['planted fault', 'header or file', 'pixels only', 'most frequent reason'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
  return [...lines, `  good frames refused: ${audit.goodRefused.length} of ${audit.goodFrames}`].join('\n');
}
