import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { reasonsOf } from '../../src/curate/rules/index.ts';
import { quantile } from '../../src/numeric/index.ts';
import { describeWithRealData } from '../support/real-data.ts';
import { addRealFrame, temporaryWorkspace } from './support.ts';

describeWithRealData('real frames', (folder) => {
  const run = async (wavelength: number, paths: string[], options = {}) => {
    const { workspace, remove } = temporaryWorkspace();
    try {
      for (const path of paths) await addRealFrame(workspace, path);
      const given = curateOptions.parse({ wavelength, ...options });
      const summary = await curate(given, { workspace, effects: quietEffects() });
      const dataset = summary.count > 0 ? await openDataset(summary.directory) : undefined;
      const thirty = dataset && (await dataset.readFloat(32, [...Array(dataset.count).keys()]));
      const catalog = openCatalog(workspace.catalog);
      const reasons = [...catalog.verdicts(summary.dataset)].map((verdict) =>
        reasonsOf(verdict.scores).join('; '),
      );
      catalog.close();
      return { summary, dataset, thirty, reasons };
    } finally {
      remove();
    }
  };
  const synoptic = (pattern: RegExp) =>
    readdirSync(join(folder, 'aia-synoptic-1024'))
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, 'aia-synoptic-1024', name));

  test('all 18 frames of January 2017 are accepted, at 1024 pixels, in all three splits', async () => {
    const { summary, dataset, thirty } = await run(193, synoptic(/_0193\.fits$/));
    expect(summary).toMatchObject({ accepted: 18, rejected: 0, count: 18 });
    expect(summary.levels).toEqual([1024, 512, 256, 128, 64, 32, 16, 8, 4]);
    expect(summary.splits).toEqual({ train: 12, validation: 2, test: 2, guard: 2 });
    expect(dataset!.simulated).toBe(false);
    // A quiet-Sun disk of the order of 100 DN is about half of the logarithmic range.
    expect(quantile(thirty!, 0.5)).toBeGreaterThan(0.3);
    expect(quantile(thirty!, 0.5)).toBeLessThan(0.6);
  });

  test.each([94, 171, 211, 335])('the frame of 2014 at %i angstrom is accepted', async (wavelength) => {
    const { reasons } = await run(wavelength, synoptic(new RegExp(`_0${wavelength}|_00${wavelength}`)), {
      size: 256,
    });
    expect(reasons).toEqual(['']);
  });

  test.each([
    ['aia_lev1_1600_20120606t040729_partial_2048.fits', 1600, /completeness \(68.36 %.*/],
    ['aia20200207_162100_0193.fits', 193, /near-real-time/],
    ['aia20200205_230300_0171.fits', 171, /near-real-time/],
  ])('%s is rejected', async (name, wavelength, reason) => {
    const { summary, reasons } = await run(wavelength, [join(folder, 'aia-bad', name)]);
    expect(summary).toMatchObject({ accepted: 0, rejected: 1 });
    expect(reasons[0]).toMatch(reason);
  });

  test('truncated downloads are rejected for it when quick-look frames are allowed', async () => {
    const path = join(folder, 'aia-bad', 'aia20200207_162100_0193.fits');
    const { reasons } = await run(193, [path], { nrt: true });
    expect(reasons[0]).toMatch(/^decode/);
  });
});
