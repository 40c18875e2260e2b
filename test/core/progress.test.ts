import { describe, expect, it } from 'vitest';
import { createProgressFactory } from '../../src/core/progress.ts';

function record(isTerminal: boolean) {
  const written: string[] = [];
  let time = 0;
  const factory = createProgressFactory({
    write: (text) => written.push(text),
    isTerminal,
    columns: 80,
    now: () => time,
  });
  return { written, factory, wait: (milliseconds: number) => (time += milliseconds) };
}

describe('progress', () => {
  it('writes one plain line every few seconds where there is no terminal', () => {
    const { written, factory, wait } = record(false);
    const progress = factory('ingest', 100, 'frames');
    for (let i = 0; i < 100; i++) {
      wait(100);
      progress.advance();
    }
    progress.done();
    expect(written).toEqual([
      'ingest: 50/100 frames, 10.0/s, 5 s left\n',
      'ingest: 100/100 frames, 10.0/s\n',
    ]);
  });

  it('takes the speed of a job that goes on from what it does itself', () => {
    const { written, factory, wait } = record(false);
    const progress = factory('train', 100, 'kimg', 40);
    wait(10_000);
    progress.advance(10);
    progress.done();
    expect(written).toEqual(['train: 50/100 kimg, 1.0/s, 50 s left\n']);
  });

  it('redraws one line on a terminal and never passes its width', () => {
    const { written, factory, wait } = record(true);
    const progress = factory('train', 10, 'kimg');
    wait(1000);
    progress.advance(5, `loss ${'0.123456789'.repeat(10)}`);
    progress.done();
    expect(written[0]).toContain('[############............] 5/10 kimg');
    expect(written.every((text) => text.startsWith('\r') || text === '\n')).toBe(true);
    expect(Math.max(...written.map((text) => text.length))).toBeLessThanOrEqual(80 + '\r\u001b[2K'.length);
  });
});
