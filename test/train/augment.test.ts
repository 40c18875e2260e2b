import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.ts';
import {
  AUGMENT_NAMES,
  type AugmentName,
  adjustStrength,
  applyChanges,
  CHANGE_COLUMNS,
  changeRow,
  drawChanges,
  type ImageChange,
  INITIAL_STRENGTH,
  UNCHANGED,
} from '../../src/train/augment/index.ts';
import { evaluateProgram, Graph } from '../../src/train/graph/index.ts';

const SIDE = 4;
const picture = Float64Array.from({ length: SIDE * SIDE }, (_, i) => i / 10);

function changed(kinds: AugmentName[], change: Partial<ImageChange>): number[] {
  const graph = new Graph();
  const images = graph.input('images', [1, 1, SIDE, SIDE]);
  const changes = graph.input('changes', [1, CHANGE_COLUMNS.length]);
  const program = {
    name: 'augment',
    graph,
    outputs: { result: applyChanges(graph, images, changes, kinds) },
  };
  const inputs = { images: picture, changes: changeRow({ ...UNCHANGED, ...change }) };
  return Array.from(evaluateProgram(program, inputs)['result']!, (value) => Math.round(value * 1e9) / 1e9);
}

const at = (row: number, column: number) => (row * SIDE + column) / 10;
const expected = (value: (row: number, column: number) => number) =>
  Array.from(
    { length: SIDE * SIDE },
    (_, i) => Math.round(value(Math.floor(i / SIDE), i % SIDE) * 1e9) / 1e9,
  );

describe('augmentation', () => {
  it.each(AUGMENT_NAMES)('%s leaves an unchanged image alone', (name) => {
    expect(changed([name], {})).toEqual(Array.from(picture, (value) => Math.round(value * 1e9) / 1e9));
  });

  it('moves whole pixels and fills with sky', () => {
    const moved = changed(['translation'], { shiftRows: 1, shiftColumns: -2 });
    expect(moved).toEqual(
      expected((row, column) => (row + 1 < SIDE && column >= 2 ? at(row + 1, column - 2) : -1)),
    );
  });

  it('moves by half a pixel by linear interpolation', () => {
    const moved = changed(['fraction'], { shiftColumns: 0.5 });
    expect(moved[1]).toBeCloseTo((at(0, 1) + at(0, 2)) / 2);
    expect(moved[3]).toBeCloseTo((at(0, 3) - 1) / 2);
  });

  it('flips and turns exactly', () => {
    expect(changed(['flip'], { scaleColumns: -1 })).toEqual(
      expected((row, column) => at(row, SIDE - 1 - column)),
    );
    const quarter = changed(['turn'], { diagonal: 1, scaleRows: -1 });
    expect(quarter).toEqual(expected((row, column) => at(column, SIDE - 1 - row)));
  });

  it('cuts out a square that hangs over the edge', () => {
    const cut = changed(['cutout'], { cutRow: 0, cutColumn: 3, cutHalf: 1 });
    expect(cut).toEqual(expected((row, column) => (row === 0 && column >= 2 ? 0 : at(row, column))));
  });

  it('changes contrast about the mean, then brightness', () => {
    expect(changed(['contrast'], { contrast: 2, brightness: 0.5 })[0]).toBeCloseTo(
      2 * (0 - 0.75) + 0.75 + 0.5,
    );
  });

  it('cuts over the last edge as often as over the first', () => {
    const rows = drawChanges(4000, 8, ['cutout'], 1, createRandom(3));
    const column = CHANGE_COLUMNS.indexOf('cutRow');
    const places = Array.from({ length: 4000 }, (_, i) => rows[i * CHANGE_COLUMNS.length + column]!);
    const share = (place: number) => places.filter((value) => value === place).length / 4000;
    expect([Math.min(...places), Math.max(...places)]).toEqual([0, 8]);
    expect(share(8)).toBeCloseTo(share(0), 1);
  });

  it('draws each kind with the given probability', () => {
    const rows = drawChanges(4000, 32, ['brightness'], 0.25, createRandom(3));
    const column = CHANGE_COLUMNS.indexOf('brightness');
    const applied = Array.from({ length: 4000 }, (_, i) => rows[i * CHANGE_COLUMNS.length + column]!).filter(
      (value) => value !== 0,
    );
    expect(applied.length / 4000).toBeCloseTo(0.25, 1);
    expect(Math.max(...applied)).toBeLessThanOrEqual(0.5);
  });
});

describe("ADA's set of changes", () => {
  const side = 16;
  const smooth = Float64Array.from({ length: side * side }, (_, i) => {
    const [y, x] = [Math.floor(i / side) - 7.5, (i % side) - 7.5];
    return -1 + Math.exp(-((x - 2) ** 2 + (y + 1) ** 2) / 8) + 0.4 * Math.exp(-((x + 3) ** 2 + y ** 2) / 5);
  });

  function warped(kinds: AugmentName[], change: Partial<ImageChange>): Float64Array {
    const graph = new Graph();
    const images = graph.input('images', [1, 1, side, side]);
    const changes = graph.input('changes', [1, CHANGE_COLUMNS.length]);
    const outputs = { result: applyChanges(graph, images, changes, kinds) };
    const inputs = { images: smooth, changes: changeRow({ ...UNCHANGED, ...change }) };
    return evaluateProgram({ name: 'warp', graph, outputs }, inputs)['result']!;
  }

  const worst = (a: Float64Array, value: (row: number, column: number) => number) =>
    Math.max(...a.map((own, i) => Math.abs(own - value(Math.floor(i / side), i % side))));
  const pixel = (row: number, column: number) => smooth[row * side + column] ?? -1;

  it('a rotation by a right angle is a quarter turn, nearly without blur', () => {
    const turned = warped(['rotation'], { scaleRows: 0, scaleColumns: 0, skewRows: -1, skewColumns: 1 });
    expect(worst(turned, (row, column) => pixel(side - 1 - column, row))).toBeLessThan(0.02);
  });

  it('flips and translates as the exact way does', () => {
    const change = { scaleColumns: -1, shiftRows: 2 };
    const exact = warped(['flip', 'translation'], change);
    expect(worst(warped(['rotation'], change), (row, column) => exact[row * side + column]!)).toBeLessThan(
      0.02,
    );
  });

  it('a scale about the centre reads between pixels', () => {
    const half = warped(['rotation'], { scaleRows: 0.5, scaleColumns: 0.5 });
    const mean = (pixel(7, 7) + pixel(7, 8) + pixel(8, 7) + pixel(8, 8)) / 4;
    const centre = [7 * side + 7, 7 * side + 8, 8 * side + 7, 8 * side + 8].map((i) => half[i]!);
    expect(centre.reduce((a, b) => a + b) / 4).toBeCloseTo(mean, 2);
  });

  it('colour: sign of the mean, turn of three channels, saturation', () => {
    const run = (channels: number, values: number[], change: Partial<ImageChange>) => {
      const graph = new Graph();
      const images = graph.input('images', [1, channels, 1, 1]);
      const changes = graph.input('changes', [1, CHANGE_COLUMNS.length]);
      const result = applyChanges(graph, images, changes, [
        'offset',
        'gain',
        'negative',
        'hue',
        'saturation',
      ]);
      const inputs = { images: values, changes: changeRow({ ...UNCHANGED, ...change }) };
      const { result: out } = evaluateProgram({ name: 'colour', graph, outputs: { result } }, inputs);
      return Array.from(out!, (value) => Math.round(value * 1e6) / 1e6);
    };
    expect(run(1, [0.5], { offset: 0.1, gain: 2 })).toEqual([1.2]);
    expect(run(1, [0.5], { negative: 1, saturation: 3, hueCosine: 0, hueSine: 1 })).toEqual([-0.5]);
    expect(run(2, [0.2, 0.4], { saturation: 2 })).toEqual([0.1, 0.5]);
    const third = { hueCosine: Math.cos((2 * Math.PI) / 3), hueSine: Math.sin((2 * Math.PI) / 3) };
    expect(run(3, [0.1, 0.2, 0.6], third)).toEqual([0.6, 0.1, 0.2]);
  });

  it('draws every change with its probability, and rotates an image at all with it too', () => {
    const rows = drawChanges(4000, 32, ['bgc'], 0.3, createRandom(5));
    const share = (name: keyof ImageChange) => {
      const column = CHANGE_COLUMNS.indexOf(name);
      const values = Array.from({ length: 4000 }, (_, i) => rows[i * CHANGE_COLUMNS.length + column]!);
      return values.filter((value) => Math.abs(value - UNCHANGED[name]) > 1e-9).length / 4000;
    };
    expect(share('skewRows')).toBeCloseTo(0.3, 1);
    expect(share('gain')).toBeCloseTo(0.3, 1);
    expect(share('negative')).toBeCloseTo(0.15, 1);
    expect(share('cutHalf')).toBe(0);
    expect(drawChanges(10, 32, ['bgc'], 0, createRandom(5))).toEqual(
      Float32Array.from(Array.from({ length: 10 }, () => changeRow(UNCHANGED)).flat()),
    );
  });
});

describe('adaptive strength', () => {
  const options = { target: 0.6, interval: 4, kimg: 1 };

  it('rises while reals are told too easily, falls else, and stays within 0..1', () => {
    let state = INITIAL_STRENGTH;
    for (let step = 0; step < 40; step++) state = adjustStrength(state, 0.9, 10, options);
    expect(state.strength).toBeCloseTo(0.4);
    for (let step = 0; step < 400; step++) state = adjustStrength(state, 0.2, 10, options);
    expect(state).toEqual({ strength: 0, signs: 0, count: 0 });
  });
});
