import { describe, expect, it } from 'vitest';
import { scoreTable } from '../../src/eval/score-table.ts';
import type { EvalSummary } from '../../src/eval/scores.ts';
import { sampleSummary } from './report/sample-model.ts';

describe('scores in a terminal', () => {
  const lines = scoreTable(sampleSummary()).split('\n');
  const line = (start: string) => lines.find((text) => text.startsWith(start));

  it('stand under their variant, with count and seed said once', () => {
    expect(lines[0]).toBe(
      '0001-demo against demo, test split: 64 pictures a side, 32 pixels, seed 1, after 40 thousand pictures',
    );
    expect(line('FID: ')).toBe('FID: clean resizer, inception.pth');
    expect(line('Sliced')).toContain('PG-GAN, gray native, 8-bit');
  });

  it('tell both counts in the heading where only metrics of unequal counts were asked for', () => {
    const summary = sampleSummary();
    const fid = { ...summary.results[2], count: { real: 300, fake: 4096 } };
    const real = { ...summary.real, count: 300 };
    const fake = { ...summary.fake, count: 4096 };
    const [head, , title] = scoreTable({ ...summary, real, fake, results: [fid] }).split('\n');
    expect(head).toContain('test split: 4096 pictures against 300, 32 pixels');
    expect(title).toBe('FID: clean resizer, inception.pth');
    const beside = scoreTable({ ...summary, real, fake }).split('\n');
    expect(beside.find((text) => text.startsWith('Sliced'))).toMatch(/\(64 pictures a side\)$/);
  });

  it('never name FID without its resizer, and give its interval', () => {
    expect(line('  FID (clean)')).toMatch(
      /41\.50 +95 %: 37\.50 to 45\.50 +train-test 22\.50, halves 20\.25 +1\.84 x floor$/,
    );
  });

  it('carry the warnings of their metric', () => {
    expect(line('  warning: FID from 64')).toContain('singular');
    expect(line('  warning: SWD of 64')).toBeDefined();
  });

  it('that are not finite are called bad in words', () => {
    const broken = structuredClone(sampleSummary()) as { results: EvalSummary['results'] } & EvalSummary;
    Object.assign(broken.results[0].scores[0], { value: Number.NaN });
    // As a line of JSON gives it back.
    Object.assign(broken.results[2].scores[0].floors[0], { value: null });
    const text = scoreTable(broken);
    expect(text).toMatch(/SWD at 32 x 32 .* – .*BAD: not a number\n/);
    expect(text).toMatch(/FID \(clean\) .*BAD: its floor is not a number\n/);
    expect(text).not.toMatch(/NaN|null/);
  });
});
