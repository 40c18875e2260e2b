/** Every frame that was judged for a dataset as a row: verdict, split, file, and the score of every rule. */
import type { Catalog } from '../../catalog/index.ts';
import { VERSION } from '../../core/version.ts';
import type { Dataset } from '../dataset.ts';
import { RULES, reasonsOf } from '../rules/index.ts';
import { isSimulated } from '../simulated.ts';
import { encodeParquet, type ParquetColumn } from './parquet.ts';

export function catalogTable(dataset: Dataset, catalog: Catalog): Uint8Array {
  const verdicts = catalog.verdicts(dataset.name);
  const frames = verdicts.map((verdict) => catalog.frame(verdict.frameId));
  const splits = new Map(dataset.frames.map((frame) => [frame.frameId, frame.split]));
  const positions = new Map(dataset.frames.map((frame) => [frame.frameId, frame.index]));
  const text = (name: string, values: (string | null | undefined)[]): ParquetColumn => ({
    name,
    type: 'string',
    values: values.map((value) => value ?? ''),
  });
  const scoreColumns = RULES.map(
    (rule): ParquetColumn => ({
      name: `score_${rule.name.replaceAll('-', '_')}`,
      type: 'double',
      values: verdicts.map(
        ({ scores }) => scores.find((score) => score.rule === rule.name)?.score ?? Number.NaN,
      ),
    }),
  );
  const columns: ParquetColumn[] = [
    { name: 'frame_id', type: 'int64', values: verdicts.map((verdict) => verdict.frameId) },
    // -1: not in the dataset.
    { name: 'index', type: 'int64', values: verdicts.map((verdict) => positions.get(verdict.frameId) ?? -1) },
    { name: 'accepted', type: 'boolean', values: verdicts.map((verdict) => verdict.accepted) },
    {
      name: 'simulated',
      type: 'boolean',
      values: frames.map((frame) => isSimulated(frame?.header ?? {})),
    },
    text(
      'reasons',
      verdicts.map((verdict) => reasonsOf(verdict.scores).join('; ')),
    ),
    text(
      'decided_by',
      verdicts.map((verdict) => verdict.by),
    ),
    text(
      'split',
      verdicts.map((verdict) => splits.get(verdict.frameId)),
    ),
    text(
      'slot',
      frames.map((frame) => frame?.slot),
    ),
    text(
      't_obs',
      frames.map((frame) => frame?.tObs),
    ),
    text(
      'source',
      frames.map((frame) => frame?.source),
    ),
    text(
      'product',
      frames.map((frame) => frame?.product),
    ),
    { name: 'wavelength', type: 'int64', values: frames.map((frame) => frame?.wavelength ?? 0) },
    {
      name: 'exposure_seconds',
      type: 'double',
      values: frames.map((frame) => frame?.exposureSeconds ?? Number.NaN),
    },
    text(
      'path',
      frames.map((frame) => frame?.path),
    ),
    text(
      'sha256',
      frames.map((frame) => frame?.sha256),
    ),
    ...scoreColumns,
  ];
  return encodeParquet(columns, `sungan ${VERSION}`);
}
