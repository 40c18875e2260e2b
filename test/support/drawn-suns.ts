/** Small pictures that look like the Sun from afar (disk, limb, two belts of bright regions), each from its own seed. */
import { type ImageSet, setFromMemory } from '../../src/eval/image-set.ts';
import { createRandom } from '../../src/numeric/random.ts';

export function drawnSuns(label: string, count: number, size: number, radiusShare = 0.4): ImageSet {
  const data = new Float32Array(count * size * size);
  for (let n = 0; n < count; n++)
    drawSun(data.subarray(n * size * size, (n + 1) * size * size), size, radiusShare * size, `${label}/${n}`);
  return setFromMemory(label, { width: size, height: size, channels: 1, data });
}

function drawSun(pixels: Float32Array, size: number, radius: number, seed: string): void {
  const random = createRandom(seed);
  const centre = (size - 1) / 2;
  const regions = Array.from({ length: 4 + random.int(3) }, () => ({
    x: centre + radius * (random.uniform() * 1.6 - 0.8),
    y: centre + radius * (random.uniform() < 0.5 ? -1 : 1) * (0.25 + 0.15 * random.uniform()),
    width: size * (0.03 + 0.04 * random.uniform()),
    peak: 0.2 + 0.3 * random.uniform(),
  }));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const r = Math.hypot(x - centre, y - centre) / radius;
      let value = r < 1 ? 0.35 + 0.2 * r ** 6 : 0.55 * Math.exp((1 - r) * 5);
      for (const region of regions) {
        const distance = Math.hypot(x - region.x, y - region.y) / region.width;
        value += region.peak * Math.exp(-0.5 * distance * distance);
      }
      pixels[y * size + x] = Math.min(1, Math.max(0, value + 0.015 * random.normal()));
    }
  }
}
