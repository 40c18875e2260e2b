/**
 * The loops over every pixel of a frame, in AssemblyScript with 128-bit SIMD. Compiled to build/kernels.wasm;
 * src/numeric/kernels.ts lays out the memory and has the same loops in TypeScript. Addresses are bytes, images are
 * row-major f32, memory beyond `heapBase` belongs to the caller.
 */

export { riceRow, riceRows16, riceRows32, riceSwap, riceTables } from './rice';
export { symmetricStep } from './symmetric';

export function heapBase(): usize {
  return __heap_base;
}

// ---- Stored integers to values -------------------------------------------------------------------------------------

let missingPixels: i32 = 0;
let saturatedPixels: i32 = 0;

/** Of the last widening or counting: values that are NaN. */
export function missing(): i32 {
  return missingPixels;
}

/** Of the last widening or counting: values of at least the ceiling. */
export function saturated(): i32 {
  return saturatedPixels;
}

/** target = zero + scale * source, NaN where source is blank; `count` is a multiple of 8. */
export function widen16(source: usize, target: usize, count: i32, scale: f32, zero: f32, blank: i32, ceiling: f32): void {
  begin(scale, zero, blank, ceiling);
  const end = source + (<usize>count << 1);
  for (; source < end; source += 16, target += 32) {
    const v = v128.load(source);
    v128.store(target, value(i32x4.extend_low_i16x8_s(v)));
    v128.store(target, value(i32x4.extend_high_i16x8_s(v)), 16);
  }
  finish();
}

/** The same of 32-bit integers; `count` is a multiple of 4. Source and target may be the same. */
export function widen32(source: usize, target: usize, count: i32, scale: f32, zero: f32, blank: i32, ceiling: f32): void {
  begin(scale, zero, blank, ceiling);
  const end = source + (<usize>count << 2);
  for (; source < end; source += 16, target += 16) v128.store(target, value(v128.load(source)));
  finish();
}

/** Counts in floats that are there already; `count` is a multiple of 4. */
export function countFloats(source: usize, count: i32, ceiling: f32): void {
  begin(1, 0, 0, ceiling);
  const end = source + (<usize>count << 2);
  for (; source < end; source += 16) tally(v128.load(source));
  finish();
}

let scales: v128 = f32x4.splat(1);
let zeros: v128 = f32x4.splat(0);
let blanks: v128 = i32x4.splat(0);
let ceilings: v128 = f32x4.splat(0);
let missingLanes: v128 = i32x4.splat(0);
let saturatedLanes: v128 = i32x4.splat(0);

function begin(scale: f32, zero: f32, blank: i32, ceiling: f32): void {
  scales = f32x4.splat(scale);
  zeros = f32x4.splat(zero);
  blanks = i32x4.splat(blank);
  ceilings = f32x4.splat(ceiling);
  missingLanes = i32x4.splat(0);
  saturatedLanes = i32x4.splat(0);
}

// @ts-ignore: decorator
@inline function value(stored: v128): v128 {
  const scaled = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(stored), scales), zeros);
  // All bits set are a NaN.
  const result = v128.or(scaled, i32x4.eq(stored, blanks));
  tally(result);
  return result;
}

// @ts-ignore: decorator
@inline function tally(v: v128): void {
  // A true lane is -1.
  missingLanes = i32x4.sub(missingLanes, f32x4.ne(v, v));
  saturatedLanes = i32x4.sub(saturatedLanes, f32x4.ge(v, ceilings));
}

function finish(): void {
  missingPixels = sumLanes(missingLanes);
  saturatedPixels = sumLanes(saturatedLanes);
}

function sumLanes(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

// ---- Scaling -------------------------------------------------------------------------------------------------------

/** target = clip(source * factor, low, high) for `count` values (a multiple of 4). May be in place. */
export function scaleClip(source: usize, target: usize, count: i32, factor: f32, low: f32, high: f32): void {
  const f = f32x4.splat(factor);
  const lo = f32x4.splat(low);
  const hi = f32x4.splat(high);
  const end = source + (<usize>count << 2);
  for (; source < end; source += 16, target += 16) {
    v128.store(target, f32x4.min(hi, f32x4.max(lo, f32x4.mul(v128.load(source), f))));
  }
}

// ---- 2x2 means -----------------------------------------------------------------------------------------------------

/** The mean of every 2x2 block; sides are even. */
export function halve(source: usize, width: i32, height: i32, target: usize): void {
  const half = width >> 1;
  const rowBytes = <usize>width << 2;
  const quarter = f32x4.splat(0.25);
  for (let y = 0; y < height; y += 2) {
    let lower = source + <usize>y * rowBytes;
    let upper = lower + rowBytes;
    let x = 0;
    for (; x + 4 <= half; x += 4) {
      const left = f32x4.add(v128.load(lower), v128.load(upper));
      const right = f32x4.add(v128.load(lower, 16), v128.load(upper, 16));
      const even = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
      const odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7);
      v128.store(target, f32x4.mul(f32x4.add(even, odd), quarter));
      lower += 32;
      upper += 32;
      target += 16;
    }
    for (; x < half; x++) {
      const left = load<f32>(lower) + load<f32>(upper);
      const right = load<f32>(lower, 4) + load<f32>(upper, 4);
      store<f32>(target, (left + right) * 0.25);
      lower += 8;
      upper += 8;
      target += 4;
    }
  }
}

// ---- Cubic resample ------------------------------------------------------------------------------------------------

/** Steps of the table of weights between two pixels. */
const PHASES: i32 = 2048;
const WEIGHTS: usize = memory.data((2048 + 1) * 16, 16);
const FIXED: f64 = 4294967296.0;

/** Keys 1981 with a = -1/2, for distances 1 + t, t, 1 - t, 2 - t at every phase t. */
export function initWeights(): void {
  for (let k = 0; k <= PHASES; k++) {
    const t = <f64>k / PHASES;
    const p = WEIGHTS + (<usize>k << 4);
    store<f32>(p, <f32>outer(1 + t));
    store<f32>(p, <f32>inner(t), 4);
    store<f32>(p, <f32>inner(1 - t), 8);
    store<f32>(p, <f32>outer(2 - t), 12);
  }
}

function inner(d: f64): f64 {
  return (1.5 * d - 2.5) * d * d + 1;
}

function outer(d: f64): f64 {
  return ((-0.5 * d + 2.5) * d - 4) * d + 2;
}

let spanStart: i32 = 0;
let spanEnd: i32 = 0;

/** The x in [0, count) for which low <= start + step x <= high. */
function findSpan(count: i32, start: f64, step: f64, low: f64, high: f64): void {
  if (step == 0) {
    spanStart = 0;
    spanEnd = start >= low && start <= high ? count : 0;
    return;
  }
  let first = (low - start) / step;
  let last = (high - start) / step;
  if (step < 0) {
    const held = first;
    first = last;
    last = held;
  }
  spanStart = <i32>Math.ceil(Math.min(Math.max(first, 0), count));
  spanEnd = <i32>Math.floor(Math.min(Math.max(last, -1), count - 1)) + 1;
  if (spanEnd < spanStart) spanEnd = spanStart;
}

/**
 * target(x, y) = source(xx x + xy y + x0, yx x + yy y + y0), width by height; `outside` beyond the outermost pixel
 * centres of the source (sourceWidth by sourceHeight). The source repeats its edge where the kernel reaches over it.
 */
export function warpCubic(
  source: usize, sourceWidth: i32, sourceHeight: i32, target: usize, width: i32, height: i32,
  xx: f64, xy: f64, x0: f64, yx: f64, yy: f64, y0: f64, outside: f32,
): void {
  const stepX = <i64>(xx * FIXED);
  const stepY = <i64>(yx * FIXED);
  for (let y = 0; y < height; y++) {
    const startX = xy * <f64>y + x0;
    const startY = yy * <f64>y + y0;
    const row = target + (<usize>(y * width) << 2);

    findSpan(width, startX, xx, 0, <f64>(sourceWidth - 1));
    let from = spanStart;
    let to = spanEnd;
    findSpan(width, startY, yx, 0, <f64>(sourceHeight - 1));
    from = max(from, spanStart);
    to = max(from, min(to, spanEnd));

    // Inside by more than the kernel reaches: no edge to look out for. A thousandth for rounding of the fixed point.
    findSpan(width, startX, xx, 1.001, <f64>(sourceWidth - 2) - 0.001);
    let fastFrom = max(from, spanStart);
    let fastTo = min(to, spanEnd);
    findSpan(width, startY, yx, 1.001, <f64>(sourceHeight - 2) - 0.001);
    fastFrom = max(fastFrom, spanStart);
    fastTo = max(fastFrom, min(fastTo, spanEnd));

    for (let x = 0; x < from; x++) store<f32>(row + (<usize>x << 2), outside);
    for (let x = from; x < fastFrom && x < to; x++) {
      store<f32>(row + (<usize>x << 2), sampleEdge(source, sourceWidth, sourceHeight, startX + xx * <f64>x, startY + yx * <f64>x));
    }
    let px = <i64>((startX + xx * <f64>fastFrom) * FIXED);
    let py = <i64>((startY + yx * <f64>fastFrom) * FIXED);
    let x = fastFrom;
    for (; x + 4 <= fastTo; x += 4) {
      const a = sampleInside(source, sourceWidth, px, py);
      const b = sampleInside(source, sourceWidth, px + stepX, py + stepY);
      const c = sampleInside(source, sourceWidth, px + 2 * stepX, py + 2 * stepY);
      const d = sampleInside(source, sourceWidth, px + 3 * stepX, py + 3 * stepY);
      px += 4 * stepX;
      py += 4 * stepY;
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
      const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
      const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      v128.store(row + (<usize>x << 2), sums);
    }
    for (x = max(fastFrom, x); x < to; x++) {
      store<f32>(row + (<usize>x << 2), sampleEdge(source, sourceWidth, sourceHeight, startX + xx * <f64>x, startY + yx * <f64>x));
    }
    for (let x = to; x < width; x++) store<f32>(row + (<usize>x << 2), outside);
  }
}

/** Four columns, each already weighted; their sum is the sample. Positions are 32.32 fixed point. */
// @ts-ignore: decorator
@inline function sampleInside(source: usize, width: i32, px: i64, py: i64): v128 {
  const rowBytes = <usize>width << 2;
  const first = source + <usize>(<i32>(py >> 32) - 1) * rowBytes + (<usize>(<i32>(px >> 32) - 1) << 2);
  const u = WEIGHTS + (<usize>phaseOf(px) << 4);
  const v = WEIGHTS + (<usize>phaseOf(py) << 4);
  const second = first + rowBytes;
  const third = second + rowBytes;
  const fourth = third + rowBytes;
  const lower = f32x4.add(
    f32x4.mul(v128.load(first), v128.load32_splat(v)),
    f32x4.mul(v128.load(second), v128.load32_splat(v, 4)),
  );
  const upper = f32x4.add(
    f32x4.mul(v128.load(third), v128.load32_splat(v, 8)),
    f32x4.mul(v128.load(fourth), v128.load32_splat(v, 12)),
  );
  return f32x4.mul(f32x4.add(lower, upper), v128.load(u));
}

/** The nearest phase of the fraction: 0 .. PHASES. */
// @ts-ignore: decorator
@inline function phaseOf(position: i64): i32 {
  return <i32>(((<u64>position & 0xffffffff) + (1 << 20)) >> 21);
}

function sampleEdge(source: usize, width: i32, height: i32, x: f64, y: f64): f32 {
  const left = <i32>Math.floor(x);
  const bottom = <i32>Math.floor(y);
  const u = WEIGHTS + (<usize>(<i32>((x - left) * PHASES + 0.5)) << 4);
  const v = WEIGHTS + (<usize>(<i32>((y - bottom) * PHASES + 0.5)) << 4);
  let sum: f32 = 0;
  for (let j = 0; j < 4; j++) {
    const row = source + (<usize>(clampIndex(bottom + j - 1, height) * width) << 2);
    let line: f32 = 0;
    for (let i = 0; i < 4; i++) {
      line += load<f32>(u + (<usize>i << 2)) * load<f32>(row + (<usize>clampIndex(left + i - 1, width) << 2));
    }
    sum += load<f32>(v + (<usize>j << 2)) * line;
  }
  return sum;
}

// @ts-ignore: decorator
@inline function clampIndex(index: i32, count: i32): i32 {
  return max(0, min(count - 1, index));
}

// ---- Logarithm and 16 bits -----------------------------------------------------------------------------------------

/** target (u16) = round(scale ln(1 + x)) for x >= 0, at most 65535; `count` is a multiple of 4. */
export function log1pQuantise(source: usize, target: usize, count: i32, scale: f32): void {
  const s = f32x4.splat(scale);
  const top = i32x4.splat(65535);
  const half = f32x4.splat(0.5);
  const end = source + (<usize>count << 2);
  for (; source < end; source += 16, target += 8) {
    const y = f32x4.mul(logOfOnePlus(v128.load(source)), s);
    const steps = i32x4.min_s(top, i32x4.trunc_sat_f32x4_s(f32x4.add(y, half)));
    // Narrowing saturates as unsigned; the upper half of the result is a copy that is not stored.
    v128.store64_lane(target, i16x8.narrow_i32x4_u(steps, steps), 0);
  }
}

/**
 * ln(1 + x) for x >= 0: mantissa and exponent of 1 + x apart, a polynomial of degree 9 for the mantissa in
 * [sqrt(1/2), sqrt(2)) (coefficients of Cephes' logf, Moshier 1992), largest error 2e-7 in ln.
 */
// @ts-ignore: decorator
@inline function logOfOnePlus(value: v128): v128 {
  const one = f32x4.splat(1);
  const x = f32x4.add(value, one);
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const r = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), one);
  const e = f32x4.convert_i32x4_s(exponent);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(-1.151461031e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.167699874e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(3.3333331174e-1));
  const r2 = f32x4.mul(r, r);
  p = f32x4.mul(f32x4.mul(p, r), r2);
  p = f32x4.add(p, f32x4.mul(e, f32x4.splat(-2.1219444e-4)));
  p = f32x4.sub(p, f32x4.mul(r2, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(p, r), f32x4.mul(e, f32x4.splat(0.693359375)));
}
