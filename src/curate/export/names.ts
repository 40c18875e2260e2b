/** What the files of frames are called: by their time, which two of them may share and pictures of others may lack. */
import { type Dataset, type DatasetFrame, isDated } from '../dataset.ts';

/** `20170101T000001`, by index where that is not the one frame of this second: no file may take another's place. */
export function frameNamer({ frames }: Dataset): (frame: DatasetFrame) => string {
  const counts = new Map<string, number>();
  for (const frame of frames) counts.set(stampOf(frame), (counts.get(stampOf(frame)) ?? 0) + 1);
  return (frame) => {
    const stamp = stampOf(frame);
    const number = String(frame.index).padStart(6, '0');
    if (!isDated(frame)) return `frame-${number}`;
    return counts.get(stamp) === 1 ? stamp : `${stamp}-${number}`;
  };
}

/** No dots or colons: readers of tars take what follows the first dot for the ending. */
const stampOf = ({ time }: DatasetFrame) => time.slice(0, 19).replaceAll(/[-:]/g, '');
