/**
 * The last stage: how near are generated pictures to real ones, and a page that shows it. Every number is named with
 * its variant and stands beside its real-against-real floor.
 */
export { type Effects, quietEffects } from '../core/effects.ts';
export { openWorkspace, type Workspace } from '../core/workspace.ts';
export {
  type AblateContext,
  type AblateOptions,
  type AblateSummary,
  ablate,
  ablateOptions,
} from './ablate.ts';
export type { AblationRow } from './ablation-table.ts';
export { diagnose, type Finding } from './diagnosis.ts';
export { type EvalContext, type EvalPlan, evaluate, planEvaluation } from './evaluate.ts';
export { parseEdits } from './ganspace/components.ts';
export {
  type GanspaceContext,
  type GanspaceOptions,
  type GanspaceSummary,
  ganspace,
  ganspaceOptions,
} from './ganspace/ganspace.ts';
export { type ComponentPlan, type ComponentRequest, planComponents } from './ganspace/restyling.ts';
export { type ImageSet, setFromMemory } from './image-set.ts';
export { METRIC_NAMES, type MetricName } from './metrics.ts';
export { type EvalOptions, evalOptions, type ReportOptions, reportOptions } from './options.ts';
export { type ReportContext, type ReportResult, report } from './report/report.ts';
export { scoreTable } from './score-table.ts';
export {
  type Curve,
  type EvalSummary,
  type Floor,
  type Interval,
  type MetricResult,
  type Score,
  type SideSummary,
  timesFloor,
} from './scores.ts';
export { goOnJudging, type JudgeOptions, judgeOptions, trainingJudge } from './training-judge.ts';
export {
  manageWeights,
  type WeightsContext,
  type WeightsOptions,
  type WeightsStatus,
  weightsOptions,
} from './weights.ts';
