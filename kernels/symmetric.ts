/**
 * One step of the Householder reduction of a symmetric matrix (src/eval/measures/tridiagonal.ts): of rows `first` ... of
 * the upper triangle, a -= v w' + w v', and product += a next, every element read and written once. Addresses are bytes,
 * values f64, the matrix is row-major [n, n].
 */
export function symmetricStep(a: usize, n: i32, first: i32, v: usize, w: usize, next: usize, product: usize): void {
  for (let i = first; i < n; i++) {
    const at = <usize>i << 3;
    const vi = load<f64>(v + at);
    const wi = load<f64>(w + at);
    const ni = load<f64>(next + at);
    const row = a + ((<usize>i * <usize>n) << 3);
    const diagonal = load<f64>(row + at) - 2.0 * vi * wi;
    store<f64>(row + at, diagonal);
    let sum = diagonal * ni;
    let j = i + 1;
    if ((n - j) & 1) {
      const here = <usize>j << 3;
      const value = load<f64>(row + here) - vi * load<f64>(w + here) - wi * load<f64>(v + here);
      store<f64>(row + here, value);
      sum += value * load<f64>(next + here);
      store<f64>(product + here, load<f64>(product + here) + value * ni);
      j++;
    }
    const vs = f64x2.splat(vi);
    const ws = f64x2.splat(wi);
    const ns = f64x2.splat(ni);
    let sums = f64x2.splat(0);
    for (; j < n; j += 2) {
      const here = <usize>j << 3;
      const old = f64x2.sub(v128.load(row + here), f64x2.mul(vs, v128.load(w + here)));
      const value = f64x2.sub(old, f64x2.mul(ws, v128.load(v + here)));
      v128.store(row + here, value);
      sums = f64x2.add(sums, f64x2.mul(value, v128.load(next + here)));
      v128.store(product + here, f64x2.add(v128.load(product + here), f64x2.mul(value, ns)));
    }
    sum += f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    store<f64>(product + at, load<f64>(product + at) + sum);
  }
}
