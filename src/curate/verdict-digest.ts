/** What was decided about the frames of a dataset, gathered in one pass over what may be much. */
import type { Verdict } from '../catalog/index.ts';
import { isInKnownEvent } from './rules/index.ts';

export interface VerdictDigest {
  /** Frames that have a verdict. */
  judged: number;
  /** Ids of those that were left out, in order. */
  rejected: number[];
  /** Of the rejected, those that lie in events which the catalog knows of. */
  explained: number;
  /** Rejected frames by the rules that they failed; a frame may fail several. */
  failures: Map<string, number>;
  /** The limit that each rule applied last, and the scores of the accepted frames. */
  rules: Map<string, { limit: number | null; scores: number[] }>;
  /** Level of the disk by frame id, where it was measured. */
  diskMedians: Map<number, number>;
}

export function digestOf(verdicts: Iterable<Verdict>): VerdictDigest {
  const digest: VerdictDigest = {
    judged: 0,
    rejected: [],
    explained: 0,
    failures: new Map(),
    rules: new Map(),
    diskMedians: new Map(),
  };
  for (const verdict of verdicts) {
    digest.judged++;
    noteScores(digest, verdict);
    if (!verdict.accepted) noteRejected(digest, verdict);
  }
  return digest;
}

function noteScores({ rules, diskMedians }: VerdictDigest, { frameId, accepted, scores }: Verdict): void {
  for (const { rule, score, threshold } of scores) {
    const known = rules.get(rule) ?? { limit: null, scores: [] };
    known.limit = threshold;
    if (accepted && score !== null) known.scores.push(score);
    rules.set(rule, known);
    if (rule === 'disk-median' && score !== null) diskMedians.set(frameId, score);
  }
}

function noteRejected(digest: VerdictDigest, { frameId, scores }: Verdict): void {
  digest.rejected.push(frameId);
  if (isInKnownEvent(scores)) digest.explained++;
  for (const { rule, passed } of scores)
    if (!passed) digest.failures.set(rule, (digest.failures.get(rule) ?? 0) + 1);
}
