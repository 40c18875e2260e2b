/**
 * Numbers and pictures without side effects: seeded randomness, area means, statistics, symmetric eigenvalues, Fourier
 * power. A leaf: other rooms may import its files directly.
 */
export { fft, powerSpectrum2d, radialPower } from './fft.ts';
export { createImage, type Image } from './image.ts';
export {
  type Kernels,
  type LoadedImage,
  loadKernels,
  plainKernels,
  type StoredImage,
  simdKernels,
} from './kernels.ts';
export {
  multiply,
  type SymmetricEigen,
  symmetricEigen,
  symmetricEigenvalues,
  traceOfRootOfProduct,
  transpose,
} from './linalg.ts';
export {
  createRandom,
  fnv1a,
  hash32,
  mix32,
  type Random,
  type RandomState,
  restoreRandom,
} from './random.ts';
export { boxHalve, boxReduceTo, buildPyramid } from './resample.ts';
export {
  type Histogram,
  histogram,
  type Moments,
  median,
  medianAbsoluteDeviation,
  moments,
  quantile,
  quantileOfSorted,
  RunningMoments,
  sortedFinite,
} from './stats.ts';
export { type Affine, sampleCubic, sampleLinear, warpCubic } from './warp.ts';
