/** Small pictures that belong to a result, as PNG text inside its JSON line. */
import sharp from 'sharp';

export interface Gallery {
  readonly title: string;
  readonly rows: readonly GalleryRow[];
}

export interface GalleryRow {
  readonly caption: string;
  readonly pictures: readonly GalleryPicture[];
}

export interface GalleryPicture {
  readonly label: string;
  /** `data:image/png;base64,...`, north up. */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
}

/** Larger pictures are made smaller: a result is a line of text. */
const LARGEST = 128;

interface RawRow {
  caption: string;
  /** Gray values in [0, 1], row 0 south. */
  pictures: readonly { label: string; values: Float32Array }[];
}

export async function encodeGallery(
  title: string,
  shape: { width: number; height: number },
  rows: readonly RawRow[],
  largest = LARGEST,
): Promise<Gallery> {
  return {
    title,
    rows: await Promise.all(
      rows.map(async ({ caption, pictures }) => ({
        caption,
        pictures: await Promise.all(
          pictures.map(({ label, values }) => encodePicture(label, values, shape, largest)),
        ),
      })),
    ),
  };
}

async function encodePicture(
  label: string,
  values: Float32Array,
  { width, height }: { width: number; height: number },
  largest: number,
): Promise<GalleryPicture> {
  const bytes = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[(height - 1 - y) * width + x];
      bytes[y * width + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
  const { data, info } = await sharp(bytes, { raw: { width, height, channels: 1 } })
    .resize({ width: largest, height: largest, fit: 'inside', withoutEnlargement: true })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer({ resolveWithObject: true });
  return {
    label,
    uri: `data:image/png;base64,${data.toString('base64')}`,
    width: info.width,
    height: info.height,
  };
}
