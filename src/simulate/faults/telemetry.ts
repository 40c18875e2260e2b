/** What happens to counts on their way down: lost blocks, particles on the detector. */
import { isLevel1 } from '../products.ts';
import type { Fault } from './types.ts';

/** Telemetry packets lost: rows of blocks without values. Level 1 counts them in MISSVALS, PERCENTD and bits 8 to 11. */
export const missingBlocks: Fault = {
  name: 'missing-blocks',
  weight: 1,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  prepare(observation) {
    observation.telemetry.countsMissing = false;
  },
  counts(image, { geometry, random }) {
    const { width, height } = geometry;
    const draw = random.fork('blocks');
    const wanted = (0.012 + 0.35 * draw.uniform() ** 2) * image.length;
    const rows = Math.max(1, Math.round(height / 32));
    for (let lost = 0; lost < wanted; ) {
      const top = draw.int(Math.ceil(height / rows)) * rows;
      const from = draw.int(8) * Math.ceil(width / 8);
      const to = Math.min(width, from + (1 + draw.int(6)) * Math.ceil(width / 8));
      for (let y = top; y < Math.min(height, top + rows); y++) {
        for (let x = from; x < to; x++) {
          if (Number.isNaN(image[y * width + x]!)) continue;
          image[y * width + x] = Number.NaN;
          lost++;
        }
      }
    }
  },
  report({ telemetry }) {
    telemetry.countsMissing = true;
  },
};

/** Energetic protons after a flare: dots and streaks all over the detector. Level 1 counts them in NSPIKES. */
export const particleStorm: Fault = {
  name: 'particle-storm',
  weight: 0.8,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  counts(image, { geometry, random }) {
    const { width, height } = geometry;
    const draw = random.fork('particles');
    const hits = Math.round((0.012 + 0.02 * draw.uniform()) * width * height);
    for (let hit = 0; hit < hits; hit++) {
      const angle = 2 * Math.PI * draw.uniform();
      const length = draw.uniform() < 0.06 ? 2 + draw.int(Math.max(2, Math.round(width / 64))) : 1;
      const charge = 150 * Math.exp(1.3 * draw.normal());
      let x = draw.uniform() * width;
      let y = draw.uniform() * height;
      for (let step = 0; step < length; step++, x += Math.cos(angle), y += Math.sin(angle)) {
        if (x < 0 || y < 0 || x >= width || y >= height) break;
        const at = Math.floor(y) * width + Math.floor(x);
        image[at] = Math.min(16_383, image[at]! + charge);
      }
    }
  },
  report(observation) {
    if (isLevel1(observation.id.product))
      observation.telemetry.spikes = 400_000 + observation.random.fork('spikes').int(400_000);
  },
};
