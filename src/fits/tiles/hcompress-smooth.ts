/**
 * Smoothing while an HCOMPRESS image is restored: differences that the scale rounded away are guessed from the
 * neighbouring squares, within half the scale and without making new extremes (White 1992, section on blocking).
 */

import type { Coefficients } from './hcompress-quadtree.ts';

/** One level, `rows` x `columns` values of which every second in both directions is a square's sum. In place. */
export function smoothLevel(
  a: Coefficients,
  rows: number,
  columns: number,
  stride: number,
  scale: number,
): void {
  const limit = Math.floor(scale / 2);
  if (limit <= 0) return;
  // Squares at the edge have no neighbours on one side and stay.
  for (let y = 2; y < rows - 2; y += 2) {
    for (let x = 0; x < columns; x += 2) {
      smoothSlope(a, y * stride + x, 2 * stride, y * stride + x + stride, limit);
    }
  }
  for (let y = 0; y < rows; y += 2) {
    for (let x = 2; x < columns - 2; x += 2) {
      smoothSlope(a, y * stride + x, 2, y * stride + x + 1, limit);
    }
  }
  for (let y = 2; y < rows - 2; y += 2) {
    for (let x = 2; x < columns - 2; x += 2) smoothCurvature(a, y * stride + x, stride, limit);
  }
}

/** Moves the difference at `target` towards the slope between the sums before and behind `at`. */
function smoothSlope(a: Coefficients, at: number, step: number, target: number, limit: number): void {
  const behind = a[at + step]! - a[at]!;
  const before = a[at]! - a[at - step]!;
  const most = 4 * Math.max(Math.min(behind, before), 0);
  const least = 4 * Math.min(Math.max(behind, before), 0);
  if (!(least < most)) return;
  const wanted = clamp(behind + before, least, most);
  a[target]! += change(wanted, a[target]!, 8, limit);
}

/** Moves the diagonal difference towards the twist of the four squares at the corners. */
function smoothCurvature(a: Coefficients, at: number, stride: number, limit: number): void {
  const sum = a[at]!;
  const mm = a[at - 2 * stride - 2]!;
  const pm = a[at + 2 * stride - 2]!;
  const mp = a[at - 2 * stride + 2]!;
  const pp = a[at + 2 * stride + 2]!;
  const both = 2 * a[at + stride]! + 2 * a[at + 1]!;
  const difference = 2 * a[at + stride]! - 2 * a[at + 1]!;
  const most =
    16 *
    Math.min(
      Math.max(pp - sum, 0) - both,
      Math.max(sum - pm, 0) + difference,
      Math.max(sum - mp, 0) - difference,
      Math.max(mm - sum, 0) + both,
    );
  const least =
    16 *
    Math.max(
      Math.min(pp - sum, 0) - both,
      Math.min(sum - pm, 0) + difference,
      Math.min(sum - mp, 0) - difference,
      Math.min(mm - sum, 0) + both,
    );
  if (!(least < most)) return;
  const target = at + stride + 1;
  a[target]! += change(clamp(pp + mm - mp - pm, least, most), a[target]!, 64, limit);
}

/** Difference between wanted (in units of 1 / `parts`) and present, towards zero, at most the limit. */
function change(wanted: number, present: number, parts: number, limit: number): number {
  return clamp(Math.trunc((wanted - parts * present) / parts), -limit, limit);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(Math.min(value, most), least);
}
