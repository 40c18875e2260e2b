/** Small pictures to learn, and workspaces to learn in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openWorkspace, type Workspace } from '../../src/core/workspace.ts';
import type { TransformRecord } from '../../src/curate/index.ts';
import { createRandom } from '../../src/numeric/random.ts';
import {
  imagesInMemory,
  type TrainingImages,
  type TrainOptions,
  trainOptions,
} from '../../src/train/index.ts';

const LOG1P: TransformRecord = {
  name: 'log1p',
  version: 1,
  constants: {},
  formula: 'y = ln(1 + x) / ln(16384)',
  inverse: 'x = exp(y ln(16384)) - 1',
};

/** Disks with one bright spot each, 0..1. */
export function diskImages(count: number, side: number): TrainingImages {
  const random = createRandom('disks');
  const values = new Float32Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const [spotX, spotY] = [random.uniform() - 0.5, random.uniform() - 0.5];
    for (let i = 0; i < side * side; i++) {
      const x = (2 * (i % side)) / (side - 1) - 1;
      const y = (2 * Math.floor(i / side)) / (side - 1) - 1;
      const spot = 0.3 * Math.exp(-((x - spotX) ** 2 + (y - spotY) ** 2) / 0.05);
      values[image * side * side + i] = (Math.hypot(x, y) < 0.8 ? 0.6 : 0.2) + spot;
    }
  }
  return imagesInMemory({
    name: 'disks',
    resolution: side,
    channels: 1,
    hash: 'disks',
    transforms: [LOG1P],
    simulated: true,
    values,
  });
}

/** The same with two classes in turn. */
export function labelled(images: TrainingImages): TrainingImages {
  const of = Uint16Array.from({ length: images.count }, (_, i) => i % 2);
  const half = images.count / 2;
  return {
    ...images,
    labels: { kind: 'year', names: ['2012', '2013'], counts: [half, half], source: 'in turn', of },
  };
}

/** A network that learns nothing useful in no time, with every kind of step switched on. */
export function tinyOptions(overrides: Partial<TrainOptions> = {}): TrainOptions {
  return trainOptions.parse({
    resolution: 8,
    batch: 4,
    kimg: 0.048,
    tickKimg: 0.012,
    latentSize: 8,
    styleSize: 8,
    channelBase: 64,
    channelMax: 8,
    r1Gamma: 1,
    penaltyInterval: 3,
    pathWeight: 2,
    pathInterval: 2,
    styleMixing: 0.5,
    augment: ['translation', 'cutout'],
    snapshotTicks: 1,
    samples: 4,
    threads: 2,
    keep: 0,
    ...overrides,
  });
}

/** Removed when the test that asked for it has ended. */
export function workspaceOfTest(): Workspace {
  const { workspace, remove } = temporaryWorkspace();
  onTestFinished(remove);
  return workspace;
}

export function temporaryWorkspace(): { workspace: Workspace; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'sungan-train-'));
  return { workspace: openWorkspace(root), remove: () => rmSync(root, { recursive: true, force: true }) };
}
