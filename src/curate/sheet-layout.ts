/** Many small pictures with captions on one PNG. */
import sharp from 'sharp';
import { frameWords, withPngText } from '../core/png-text.ts';

export interface Tile {
  /** `tileSize` x `tileSize` RGB, or undefined where there is no picture. */
  rgb: Uint8Array | undefined;
  /** One line each. */
  captions: string[];
}

export interface Sheet {
  title: string;
  /** Said in the title and in the file's metadata. */
  simulated: boolean;
  tileSize: number;
  tiles: Tile[];
}

const COLUMNS = 8;
const GAP = 6;
const LINE_HEIGHT = 13;
const TITLE_HEIGHT = 28;
const TITLE_SIZE = 15;
/** Mean width of a letter over the size of the font, for those that a machine may have. */
const LETTER_WIDTH = 0.64;

export async function renderSheet({ title: words, simulated, tileSize, tiles }: Sheet): Promise<Uint8Array> {
  // In front, where no narrow sheet cuts it off.
  const title = simulated ? `SIMULATED: ${words}` : words;
  const columns = Math.min(COLUMNS, Math.max(4, tiles.length));
  const captionLines = Math.max(1, ...tiles.map((tile) => tile.captions.length));
  const cellWidth = tileSize + GAP;
  const cellHeight = tileSize + captionLines * LINE_HEIGHT + 2 * GAP;
  const width = columns * cellWidth + GAP;
  const height = TITLE_HEIGHT + Math.ceil(Math.max(1, tiles.length) / columns) * cellHeight + GAP;
  const place = (i: number) => ({
    left: GAP + (i % columns) * cellWidth,
    top: TITLE_HEIGHT + Math.floor(i / columns) * cellHeight,
  });

  const pixels = Buffer.alloc(width * height * 3, 18);
  const titleSize = Math.min(TITLE_SIZE, (width - 2 * GAP) / (LETTER_WIDTH * title.length));
  const texts = [
    `<text x="${GAP}" y="19" font-size="${titleSize.toFixed(1)}" fill="#f0f0f0">${escapeXml(title)}</text>`,
  ];
  tiles.forEach((tile, i) => {
    const { left, top } = place(i);
    for (let y = 0; tile.rgb && y < tileSize; y++) {
      pixels.set(tile.rgb.subarray(y * tileSize * 3, (y + 1) * tileSize * 3), ((top + y) * width + left) * 3);
    }
    tile.captions.forEach((caption, line) => {
      const baseline = top + tileSize + (line + 1) * LINE_HEIGHT;
      const fitting = caption.slice(0, Math.floor(tileSize / 5.6));
      texts.push(
        `<text x="${left}" y="${baseline}" font-size="10" fill="#c8c8c8">${escapeXml(fitting)}</text>`,
      );
    });
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">${texts.join('')}</svg>`;
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png({ compressionLevel: 8 })
    .toBuffer();
  return withPngText(png, frameWords(simulated, `Contact sheet: ${words}.`));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
