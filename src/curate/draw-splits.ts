/** Splits for frames, kept in the catalog: what any dataset of the workspace was given holds for all of them. */
import type { Catalog, Split } from '../catalog/index.ts';
import { type DatedFrame, planSplits, type SplitPlan, type SplitPlanOptions, widenGuards } from './splits.ts';

export interface DrawnSplits extends SplitPlan {
  /** Of all units, with the guards that this dataset asks for. */
  splits: Map<string, Split>;
}

/** Assigns what is not assigned yet, in one transaction: runs for other datasets may be at it at the same time. */
export function drawSplits(
  catalog: Catalog,
  frames: readonly DatedFrame[],
  options: SplitPlanOptions,
): DrawnSplits {
  return catalog.transaction(() => {
    const plan = planSplits(frames, catalog.splits(), options);
    if (plan.rows.length > 0) catalog.assignSplits(plan.rows);
    return { ...plan, splits: widenGuards(catalog.splits(), options.guardDays) };
  });
}
