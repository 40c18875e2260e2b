/** From a choice and its measured pixels to the verdicts on its frames. */
import type { RuleScore, Verdict } from '../catalog/index.ts';
import type { EncodeResult, MemberResult } from './encode.ts';
import type { Histories } from './histories.ts';
import type { Manifest } from './manifest.ts';
import type { Comparison } from './neighbours.ts';
import { isAccepted, judge, judgeAgain } from './rules/index.ts';
import type { Choice } from './samples.ts';
import type { ScreenedFrame } from './screen.ts';

/** Of a choice that its headers already rule out: the first frame, and the companions that fail by themselves. */
export function verdictsOfHeaders({ members, companionFaults }: Choice, manifest: Manifest): Verdict[] {
  const [first, ...companions] = members;
  const bad = companions.filter((companion) => !companion.accepted);
  return [
    verdict(manifest, first!, [...first!.scores(), ...companionScores(manifest, companionFaults)]),
    ...bad.map((companion) => verdict(manifest, companion, companion.scores())),
  ];
}

/** Of each member; without it nothing was compared. */
export type Compared = readonly { comparison: Comparison; pictureHash: number }[];

/** Of a choice whose pixels were read; the sample is good when every member's verdict is. */
export function verdictsOfPixels(
  { members }: Choice,
  result: EncodeResult,
  manifest: Manifest,
  histories: Histories,
  compared?: Compared,
): Verdict[] {
  const own = members.map((member, i) => [
    ...member.scores(),
    ...pixelScores(member, result.members[i]!, manifest, histories, compared?.[i]),
  ]);
  return members.map((member, i) => {
    const faults = own.flatMap((scores, j) => {
      const failed = scores.find((score) => !score.passed);
      return j !== i && failed ? [`${members[j]!.channel.name}: ${failed.rule}`] : [];
    });
    return verdict(manifest, member, [...own[i]!, ...companionScores(manifest, faults)]);
  });
}

function verdict(manifest: Manifest, { frame }: ScreenedFrame, scores: RuleScore[]): Verdict {
  return { dataset: manifest.name, frameId: frame.id, accepted: isAccepted(scores), scores, by: 'rule' };
}

/** A picture of several channels is good when all of them are. */
function companionScores({ recipe }: Manifest, faults: readonly string[]): RuleScore[] {
  if (recipe.channels.length === 1) return [];
  const note = faults.join('; ') || null;
  return [{ rule: 'companions', score: faults.length, threshold: 0, passed: faults.length === 0, note }];
}

function pixelScores(
  { frame, channel, timeMs, headerLevel }: ScreenedFrame,
  result: MemberResult,
  manifest: Manifest,
  histories: Histories,
  compared: Compared[number] | undefined,
): RuleScore[] {
  const { recipe, simulated } = manifest;
  const header = frame.header ?? {};
  const context = { frame, header, channel, options: recipe, simulatedSet: simulated };
  if ('stored' in result) return judgeAgain(result.stored, context);
  const failure = 'failure' in result ? result.failure : null;
  const decoded = {
    rule: 'decode',
    score: failure ? 1 : 0,
    threshold: 0,
    passed: failure === null,
    note: failure,
  };
  if ('failure' in result) return [decoded];
  const pixels = result.measurements;
  const diskLevel = histories.of(channel.name).distance({ timeMs, value: pixels.diskMedian });
  return [decoded, ...judge('pixels', { ...context, pixels, diskLevel, headerLevel, ...compared })];
}
