/**
 * The third stage: a dataset becomes a run, and a run becomes pictures. A training step is a graph, differentiated
 * once, compiled, and run by an engine; every step is a function of the state, the seed and its own number.
 */
export { type Effects, quietEffects } from '../core/effects.ts';
export { openWorkspace, type Workspace } from '../core/workspace.ts';

export type { TrainingImages } from './data/images.ts';
export { imagesInMemory } from './data/memory.ts';
export { type DoctorReport, type EngineReport, examineEngines } from './doctor.ts';
export { type ExportSummary, exportGenerator } from './export.ts';
export {
  type GenerateContext,
  type GenerateOptions,
  type GenerateSummary,
  generate,
  generateOptions,
  planGeneration,
  type Restyling,
} from './generate.ts';
export {
  type GenerateImageOptions,
  type Generator,
  type OpenGeneratorOptions,
  openGenerator,
} from './generator.ts';
export { recordedJudge, type TrainContext } from './job.ts';
export type { Judge, JudgedGenerator, OpenJudge } from './judge.ts';
export { type LabelClasses, type LabelFacts, labelRows } from './labels.ts';
export { openRun, type Run } from './open-run.ts';
export { type TrainOptions, trainOptions } from './options.ts';
export { describeCosts } from './planner.ts';
export { hasRuns } from './run/folder.ts';
export { planTraining, type TrainPlan, type TrainSummary, train } from './train.ts';
