import { describe, expect, it } from 'vitest';
import { ablationTable, summariseRows } from '../../src/eval/ablation-table.ts';
import type { MetricResult } from '../../src/eval/scores.ts';
import { fidResult, sampleSummary } from './report/sample-model.ts';

const judgedBy = (label: string, result: MetricResult) => ({
  label,
  summary: { ...sampleSummary(), results: [result] },
});

const cellsOf = (table: string, label: string) =>
  table
    .split('\n')
    .find((line) => line.startsWith(`| ${label} |`))!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

describe('the table of an ablation', () => {
  it('gives no spread for one run', () => {
    const rows = summariseRows([
      judgedBy('a', fidResult('clean', 40)),
      judgedBy('b', fidResult('clean', 50)),
    ]);
    const table = ablationTable(rows, 1);
    expect(cellsOf(table, 'a')).toEqual(['40']);
    expect(table).not.toContain('±');
    expect(table).toContain('One seed, so without a spread');
  });

  it('gives mean and spread for several', () => {
    const rows = summariseRows([
      judgedBy('a', fidResult('clean', 40)),
      judgedBy('a', fidResult('clean', 50)),
    ]);
    expect(cellsOf(ablationTable(rows, 2), 'a')).toEqual(['45 ± 5']);
  });

  it('names the resizer of FID, how it was made, and what was warned of', () => {
    const table = ablationTable(summariseRows([judgedBy('a', fidResult('clean', 40))]), 1);
    expect(table.split('\n')[0]).toBe('| preset | FID (clean) |');
    expect(table).toContain('- FID (clean): clean resizer, inception.pth; 64 generated pictures');
    expect(table).toContain('- Warning: FID from 64 pictures a side');
  });

  it('keeps scores of different variants in different columns', () => {
    const other = { ...fidResult('clean', 60), variant: 'clean resizer, other.pb' };
    const table = ablationTable(
      summariseRows([
        judgedBy('a', fidResult('clean', 40)),
        judgedBy('b', fidResult('stylegan', 50)),
        judgedBy('c', other),
      ]),
      1,
    );
    expect(table.split('\n')[0]).toBe('| preset | FID (clean) [1] | FID (stylegan) | FID (clean) [2] |');
    expect(cellsOf(table, 'a')).toEqual(['40', '', '']);
    expect(cellsOf(table, 'b')).toEqual(['', '50', '']);
    expect(cellsOf(table, 'c')).toEqual(['', '', '60']);
  });

  it('says what is not a number', () => {
    const table = ablationTable(
      summariseRows([
        judgedBy('a', fidResult('clean', Number.NaN)),
        judgedBy('b', fidResult('clean', 40)),
        judgedBy('b', fidResult('clean', Number.NaN)),
      ]),
      2,
    );
    expect(cellsOf(table, 'a (1 of 2)')).toEqual(['not a number']);
    expect(cellsOf(table, 'b')).toEqual(['40 (1 not a number)']);
  });
});
