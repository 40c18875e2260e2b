/** Every frame that was judged for a dataset as a row: verdict, split, file, and the score of every rule. */
import type { Catalog, Frame, Verdict } from '../../catalog/index.ts';
import { VERSION } from '../../core/version.ts';
import type { Dataset } from '../dataset.ts';
import { RULES, reasonsOf } from '../rules/index.ts';
import { isSimulated } from '../simulated.ts';
import { encodeParquet, type ParquetColumn } from './parquet.ts';

/** The Parquet file and the number of its rows. */
export function catalogTable(dataset: Dataset, catalog: Catalog): { frames: number; bytes: Uint8Array } {
  const rows = rowsOf(dataset, catalog);
  const number = (name: string, type: 'int64' | 'double', cellOf: (row: Row) => number): ParquetColumn => ({
    name,
    type,
    values: rows.map(cellOf),
  });
  const truth = (name: string, cellOf: (row: Row) => boolean): ParquetColumn => ({
    name,
    type: 'boolean',
    values: rows.map(cellOf),
  });
  const text = (name: string, cellOf: (row: Row) => string | null | undefined): ParquetColumn => ({
    name,
    type: 'string',
    values: rows.map((row) => cellOf(row) ?? ''),
  });
  const splits = new Map(dataset.frames.map((frame) => [frame.frameId, frame.split]));
  const positions = new Map(dataset.frames.map((frame) => [frame.frameId, frame.index]));
  const columns = [
    number('frame_id', 'int64', ({ frameId }) => frameId),
    // -1: not in the dataset.
    number('index', 'int64', ({ frameId }) => positions.get(frameId) ?? -1),
    truth('accepted', ({ accepted }) => accepted),
    truth('simulated', ({ simulated }) => simulated),
    text('reasons', ({ reasons }) => reasons),
    text('decided_by', ({ by }) => by),
    text('split', ({ frameId }) => splits.get(frameId)),
    text('slot', ({ frame }) => frame?.slot),
    text('t_obs', ({ frame }) => frame?.tObs),
    text('source', ({ frame }) => frame?.source),
    text('product', ({ frame }) => frame?.product),
    number('wavelength', 'int64', ({ frame }) => frame?.wavelength ?? 0),
    number('exposure_seconds', 'double', ({ frame }) => frame?.exposureSeconds ?? Number.NaN),
    text('path', ({ frame }) => frame?.path),
    text('sha256', ({ frame }) => frame?.sha256),
    ...RULES.map(({ name }, i) =>
      number(`score_${name.replaceAll('-', '_')}`, 'double', ({ scores }) => scores[i]!),
    ),
  ];
  return { frames: rows.length, bytes: encodeParquet(columns, `sungan ${VERSION}`) };
}

interface Row extends Pick<Verdict, 'frameId' | 'accepted' | 'by'> {
  frame: Frame | undefined;
  simulated: boolean;
  reasons: string;
  /** By rule, in their order; NaN where a rule could not be judged. */
  scores: Float64Array;
}

function rowsOf(dataset: Dataset, catalog: Catalog): Row[] {
  const rows: Row[] = [];
  for (const { frameId, accepted, by, scores } of catalog.verdicts(dataset.name)) {
    const frame = catalog.frame(frameId);
    const found = new Map(scores.map(({ rule, score }) => [rule, score]));
    rows.push({
      frameId,
      accepted,
      by,
      frame,
      simulated: isSimulated(frame?.header ?? {}),
      reasons: reasonsOf(scores).join('; '),
      scores: Float64Array.from(RULES, ({ name }) => found.get(name) ?? Number.NaN),
    });
  }
  return rows;
}
