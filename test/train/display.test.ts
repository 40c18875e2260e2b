import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../../src/curate/channels.ts';
import { createTransform } from '../../src/curate/transforms/index.ts';
import { DISPLAY_SCALES, describeScale, toShades } from '../../src/train/run/display.ts';

describe('sample pictures', () => {
  it('use the scales of the contact sheets', () => {
    const own = Object.entries(DISPLAY_SCALES).map(([name, { scale, low, high }]) => [
      name,
      scale,
      low,
      high,
    ]);
    const sheets = CHANNELS.map(({ name, picture }) => [name, picture.scale, ...picture.range]);
    expect(own).toEqual(expect.arrayContaining(sheets));
    expect(own).toHaveLength(sheets.length);
  });

  it('show equal DN alike, whatever the transform', () => {
    const dn = Float32Array.of(0, 10, Math.sqrt(10 * 5000), 5000);
    for (const name of ['log1p', 'sqrt', 'linear'] as const) {
      const transform = createTransform(name, '193');
      const channel = { name: '193', inverse: transform.inverse };
      const shades = toShades(transform.forward(dn), 2, [channel]);
      [0, 0, 0.5, 1].forEach((shade, i) => {
        expect(shades[i]).toBeCloseTo(shade, 4);
      });
    }
  });

  it('say what is black and what is white', () => {
    const channel = (name: string) => ({ name, inverse: (values: Float32Array) => values });
    expect(describeScale([channel('193'), channel('hmi-m')])).toBe(
      'Scale, 193: 10 DN black, 5000 DN white, logarithmic; hmi-m: -250 G black, 250 G white, linear; solar north is up.',
    );
    const values = Float32Array.of(0.1, 0.2, 0.3, 0.4);
    expect(toShades(values, 2, undefined)).toBe(values);
    expect(toShades(values, 2, [channel('other')])).toEqual(values);
    expect(describeScale(undefined)).toContain('transform space');
  });
});
