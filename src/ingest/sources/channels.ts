/** AIA's channels as a source's wavelengths. */
import { SunganError } from '../../core/errors.ts';
import type { IngestOptions } from '../options.ts';

/** Those asked for; an archive is never asked for all ten by mistake. */
export function requireChannels(_product: string, { wavelength }: IngestOptions): number[] {
  if (wavelength.length > 0) return wavelength;
  throw new SunganError('usage', 'which channels?', {
    where: '--wavelength',
    remedy: 'for instance --wavelength 193, or 171,193,211',
  });
}
