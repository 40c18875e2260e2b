/** The `spikes` segment of AIA level 1: what the cosmic-ray filter replaced, a row of three for each pixel. */
import { writeImage } from '../../../fits/index.ts';
import { createRandom } from '../../../numeric/random.ts';
import { simulatedCards } from '../../headers/cards.ts';
import type { DatabaseRecord } from './records.ts';

const COUNT = 256;

/** Address of the pixel, value before, value after. */
export function spikesFile({ entry, sunum }: DatabaseRecord): Uint8Array {
  const { seed, size } = entry.contents;
  const random = createRandom(`${seed}/spikes/${sunum}`);
  const data = new Int32Array(3 * COUNT);
  for (let spike = 0; spike < COUNT; spike++) {
    const kept = random.int(400);
    data[spike] = Math.floor(((spike + random.uniform()) / COUNT) * size * size);
    data[COUNT + spike] = kept + 50 + random.int(2000);
    data[2 * COUNT + spike] = kept;
  }
  return writeImage({ width: COUNT, height: 3, data, cards: simulatedCards(seed) });
}
