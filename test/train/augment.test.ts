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
