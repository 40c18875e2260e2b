/** Writing FITS: one image a file. */
export { card } from './format-card.ts';
export { type WriteImageOptions, writeImage } from './image.ts';
