import { describe, expect, it } from 'vitest';
import type { ComponentRecord, GanspaceRecord } from '../../../src/eval/ganspace/record.ts';
import { renderReport } from '../../../src/eval/report/page.ts';
import { sampleModel } from './sample-model.ts';

function component(number: number): ComponentRecord {
  const change = { slope: 0.1, slopeError: 0.1, moved: 1e-17, movedError: 0.1 };
  const effect = {
    key: 'flux',
    label: 'mean intensity',
    unit: 'DN',
    r: number / 100,
    low: -0.3,
    high: 0.4,
    ...change,
  };
  return { number, share: 0.1, effects: [effect] };
}

function recordOf(count: number): GanspaceRecord {
  return {
    schema: 1,
    version: '0.1.0',
    createdAt: '2026-01-02T03:04:05Z',
    checkpoint: 'checkpoints/00000500.safetensors',
    kimg: 8,
    settings: { styles: 100, seed: 1 },
    pictures: 64,
    moved: 4,
    components: Array.from({ length: count }, (_, i) => component(i + 1)),
    cycle: null,
    strips: { title: 'Components', rows: [] },
    warnings: [],
  };
}

describe('the table of components', () => {
  it('is cut into tables that fit a printed page', async () => {
    const model = await sampleModel();
    const runs = model.runs.map((run) => ({ ...run, ganspace: recordOf(19) }));
    const tables = renderReport({ ...model, runs }).match(/<table class="dense">.*?<\/table>/gs) ?? [];
    expect(tables.map((table) => table.match(/<th scope="col" class="number">/g)?.length)).toEqual([8, 8, 3]);
    expect(tables[2]).toContain('components 17 to 19');
    expect(tables.join()).not.toContain('10^−17');
  });
});
