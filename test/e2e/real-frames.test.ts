/** The same road on the 18 real AIA 193 Å synoptic frames of January 2017. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDataset } from '../../src/curate/index.ts';
import { runProgram } from '../support/program.ts';
import { describeWithRealData, realDataFolder } from '../support/real-data.ts';

describeWithRealData('the road on real frames', () => {
  let workspace: string;
  const sungan = async (...args: string[]) => {
    const result = await runProgram([...args, '--workspace', workspace, '--json', '--quiet']);
    expect(result.code, `${args.join(' ')}\n${result.stderr}`).toBe(0);
    return JSON.parse(result.stdout);
  };

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'sungan-real-'));
  });
  afterAll(() => rm(workspace, { recursive: true, force: true }));

  it('adopts the folder', async () => {
    const frames = join(realDataFolder() as string, 'aia-synoptic-1024');
    const summary = await sungan('ingest', '--source', 'files', '--path', frames, '--wavelength', '193');
    expect(summary).toMatchObject({ stored: 18, corrupt: 0, failed: 0 });
  });

  it('keeps every frame at 1024 pixels, with all three splits', async () => {
    const summary = await sungan('curate', '--wavelength', '193', '--size', '1024');
    expect(summary).toMatchObject({
      accepted: 18,
      rejected: 0,
      levels: [1024, 512, 256, 128, 64, 32, 16, 8, 4],
    });
    for (const split of ['train', 'validation', 'test']) expect(summary.splits[split]).toBeGreaterThan(0);
  });

  it('keeps the disk where the header puts it: bright inside, dark corners, no clipping at the top', async () => {
    const dataset = await openDataset(join(workspace, 'datasets', 'aia-193'));
    const size = 256;
    const pixels = await dataset.readFloat(size, [0]);
    const at = (x: number, y: number) => pixels[y * size + x];
    expect(dataset.simulated).toBe(false);
    expect(at(size / 2, size / 2)).toBeGreaterThan(0.3);
    for (const [x, y] of [
      [1, 1],
      [size - 2, 1],
      [1, size - 2],
      [size - 2, size - 2],
    ] as const)
      expect(at(x, y)).toBeLessThan(0.25);
    expect(Math.max(...pixels)).toBeLessThan(1);
  });

  it('trains a little at 32 pixels, scores and reports', async () => {
    const run = await sungan('train', '--data', 'aia-193', '--preset', 'demo', '--kimg', '0.16');
    const scores = await sungan('eval', '--run', run.directory);
    expect(scores.results.map(({ metric }: { metric: string }) => metric)).toEqual([
      'swd',
      'ms-ssim',
      'solar',
      'memorisation',
    ]);
    const { path } = await sungan('report', run.directory);
    const html = await readFile(path, 'utf8');
    expect(html).toContain('<html');
    expect(html).toMatch(/courtesy of nasa\/sdo/i);
  });
});
