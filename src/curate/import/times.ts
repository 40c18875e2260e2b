/** Times out of file names: what quick-look and downloaded files are called. */
import { parseTime } from '../../core/time.ts';

const DATE = String.raw`(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)`;
const TIME = String.raw`[T_. -]*(\d\d)[-_:.]?(\d\d)`;
const SECONDS = String.raw`[-_:.]?(\d\d)(?!\d)`;

/** What follows a date may be a time, or the size or the wavelength of the picture: the longest that is a time counts. */
const PATTERNS = [DATE + TIME + SECONDS, `${DATE + TIME}(?!\\d)`, DATE].map((source) => new RegExp(source));

/** `20170110_235529_1024_0193.jpg`, `aia.lev1.193a_2014-07-15t22_00_06.84z...`, `AIA20170103_2300_0193.png`. */
export function timeInName(path: string): Date | undefined {
  const name = path.split('/').at(-1)!.toUpperCase();
  for (const pattern of PATTERNS) {
    const [, year, month, day, hour = '00', minute = '00', second = '00'] = pattern.exec(name) ?? [];
    const time = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (time) return time;
  }
  return undefined;
}
