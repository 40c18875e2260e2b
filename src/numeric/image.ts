/** A gray picture in float32. Row 0 is the bottom (solar south), as in FITS; pictures for people are flipped on writing. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** Row-major, `data[y * width + x]`. */
  readonly data: Float32Array;
}

export function createImage(
  width: number,
  height: number,
  data: Float32Array = new Float32Array(width * height),
): Image {
  return { width, height, data };
}
