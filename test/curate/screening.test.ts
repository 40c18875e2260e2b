/** Planted faults of simulated frames, most of them told by no header: each is caught for the right reason. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { quietEffects } from '../../src/core/effects.ts';
import { curate, curateOptions, openDataset } from '../../src/curate/index.ts';
import { ingest, ingestOptions } from '../../src/ingest/index.ts';
import { type Label, simulateFolder, simulateOptions } from '../../src/simulate/index.ts';
import { temporaryWorkspace } from './support.ts';

/** The rules of which at least one must name each fault that its header does not tell. */
const RIGHT_REASONS: Record<string, readonly string[]> = {
  eclipse: ['shadow'],
  'lunar-transit': ['shadow'],
  'off-point': ['centre'],
  dark: ['dark'],
  'missing-blocks': ['missing-pixels'],
  'particle-storm': ['particles'],
  blur: ['sharpness'],
  'wrong-wavelength': ['header-level', 'disk-level'],
  'short-exposure': ['exposure-nominal'],
  duplicate: ['duplicate', 'time'],
};

const temporary = temporaryWorkspace();
const { workspace } = temporary;
let labels: Label[];
let failed: Map<string, string[]>;

beforeAll(async () => {
  const folder = join(workspace.root, 'simulated');
  const given = {
    from: '2014-03-01',
    to: '2014-03-03',
    cadence: '1h',
    size: 256,
    faults: 0.45,
    unnoticed: 0.9,
    seed: 5,
  };
  ({ labels } = await simulateFolder(simulateOptions.parse(given), folder, quietEffects()));
  const effects = quietEffects();
  await ingest(ingestOptions.parse({ source: 'files', path: folder }), { workspace, effects });
  await curate(curateOptions.parse({}), { workspace, effects });
  const catalog = openCatalog(workspace.catalog);
  failed = new Map(
    [...catalog.verdicts('aia-193')].map(({ frameId, scores }) => [
      catalog.frame(frameId)!.slot,
      scores.filter(({ passed }) => !passed).map(({ rule }) => rule),
    ]),
  );
  catalog.close();
});
afterAll(() => temporary.remove());

test('no good frame is rejected', () => {
  const good = labels.filter(({ fault }) => fault === null);
  expect(good.length).toBeGreaterThan(20);
  expect(good.filter(({ slot }) => (failed.get(slot) ?? ['missing']).length > 0)).toEqual([]);
});

test('every planted fault is rejected, and named', () => {
  const planted = labels.filter(({ fault, evidence }) => fault !== null && evidence !== 'file');
  expect(new Set(planted.map(({ fault }) => fault)).size).toBeGreaterThan(5);
  for (const { slot, fault, evidence } of planted) {
    const rules = failed.get(slot);
    // A frame whose content came twice is in the catalog under its other slot.
    if (!rules) continue;
    expect(rules.length, `${fault} at ${slot}`).toBeGreaterThan(0);
    if (evidence !== 'pixels' || rules.includes('duplicate')) continue;
    const right = RIGHT_REASONS[fault as string] ?? [];
    expect(
      rules.some((rule) => right.includes(rule)),
      `${fault} at ${slot}: ${rules.join(', ')}`,
    ).toBe(true);
  }
});

test('the dataset says that it is simulated', async () => {
  const dataset = await openDataset(join(workspace.datasets, 'aia-193'));
  expect(dataset.simulated).toBe(true);
});

test('magnetograms: noise, eclipse, blur and lost stripes are found without a word in the header', async () => {
  const magnetograms = temporaryWorkspace();
  try {
    const folder = join(magnetograms.workspace.root, 'simulated');
    const given = { product: 'hmi', from: '2014-03-01', to: '2014-03-02', cadence: '1h', size: 256 };
    const planted = { ...given, faults: 0.5, unnoticed: 1, seed: 3 };
    const effects = quietEffects();
    const { labels: truth } = await simulateFolder(simulateOptions.parse(planted), folder, effects);
    const where = { workspace: magnetograms.workspace, effects };
    await ingest(ingestOptions.parse({ source: 'files', path: folder }), where);
    await curate(curateOptions.parse({ wavelength: [], with: ['hmi-m'] }), where);
    const catalog = openCatalog(magnetograms.workspace.catalog);
    // Records are named in TAI, half a minute from the slots in UTC.
    const hourOf = (slot: string) => Math.round(Date.parse(slot) / 3_600_000);
    const byHour = new Map(
      [...catalog.verdicts('hmi-m')].map((verdict) => [
        hourOf(catalog.frame(verdict.frameId)!.slot),
        verdict.accepted,
      ]),
    );
    catalog.close();
    const seen = truth.flatMap(({ slot, fault, evidence }) => {
      const accepted = byHour.get(hourOf(slot));
      return accepted === undefined || fault === 'duplicate' ? [] : [{ slot, fault, evidence, accepted }];
    });
    const pixels = seen.filter(({ evidence }) => evidence === 'pixels');
    expect(new Set(pixels.map(({ fault }) => fault)).size).toBeGreaterThan(2);
    expect(pixels.filter(({ accepted }) => accepted)).toEqual([]);
    const good = seen.filter(({ fault }) => fault === null);
    expect(good.length).toBeGreaterThan(5);
    expect(good.filter(({ accepted }) => !accepted)).toEqual([]);
  } finally {
    magnetograms.remove();
  }
});
