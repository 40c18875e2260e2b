/** The part of the card about pixels: geometry, calibration, transform, licence. */
import { channelOf } from '../channels.ts';
import type { Dataset } from '../dataset.ts';
import type { ChannelHistograms } from '../histograms.ts';
import { registeredScale } from '../register.ts';

export function geometryLines({ levels, manifest }: Dataset): string[] {
  const size = levels[0]!;
  const { fixedRadiusArcsec } = manifest.recipe;
  const radius =
    fixedRadiusArcsec === null
      ? 'apparent radius as observed (it changes by 3 % over a year)'
      : `every disk scaled to a radius of ${fixedRadiusArcsec}", ${Number((fixedRadiusArcsec / registeredScale(size)).toPrecision(6))} pixels at ${size}`;
  return [
    `- Levels: ${levels.join(', ')} pixels a side, each the 2x2 mean of the one above in linear values`,
    `- Scale: ${Number(registeredScale(size).toPrecision(6))}" a pixel at ${size}; the field of view is ${Number((0.6 * 4096).toPrecision(6))}"`,
    `- Disk centre at the array centre, (n - 1) / 2 from zero; ${radius}`,
    '- Solar north is up: row 0 of the arrays is the bottom (FITS order), pictures (PNG) are flipped so that north is at the top',
    '- Frames that are not registered (level 1, HMI) were by one cubic convolution (Keys 1981); registered ones (synoptic) are unchanged',
  ];
}

export function calibrationLines({ manifest }: Dataset): string[] {
  const { pointing, degradation, responseTableSha256, empirical, respike, imported } = manifest.recipe;
  if (imported) {
    const masks = imported.masks.join(', ') || 'none';
    const range = imported.range?.replace(':', ' and ') ?? 'the ends of the transform';
    return [
      `- As the pictures' makers did it. Colour table undone: ${imported.colourTable}; masked boxes: ${masks}; black and white: ${range}`,
    ];
  }
  const corrections = {
    none: 'not corrected: the instrument loses sensitivity, so that the year can be read off the brightness',
    v10: `divided out by the response table (version 10, SHA-256 ${responseTableSha256})`,
    empirical: `divided out by a fit to the quiet Sun of the catalog, ${JSON.stringify(empirical)}: the solar cycle is in it as well`,
  };
  return [
    `- Pointing of level 1 frames: ${pointing === 'table' ? 'master pointing table by T_OBS, their headers where it has nothing' : 'as their headers say'}`,
    `- Degradation: ${corrections[degradation]}`,
    `- Respiking: ${respike ? 'what despiking removed was put back where the file of spikes was there' : 'none'}`,
    '- PSF: not deconvolved',
    '- Every step of every frame is in `provenance/`',
  ];
}

export function intensityLines({ manifest }: Dataset, histograms: readonly ChannelHistograms[]): string[] {
  const perChannel = manifest.recipe.channels.flatMap((name, i) => {
    const { unit, nominalExposureSeconds } = channelOf(name);
    const transform = manifest.transforms[i]!;
    const constants = Object.entries(transform.constants).map(([key, value]) => `${key} = ${value}`);
    const exposure = nominalExposureSeconds === null ? '' : ` (${nominalExposureSeconds} s)`;
    return [
      `- Channel ${name}: linear value x in ${unit}${exposure}; stored is round(65535 y), ${transform.formula}`,
      `  - inverse: ${transform.inverse}`,
      `  - constants (${transform.name} version ${transform.version}): ${constants.join(', ')}`,
    ];
  });
  const short = (value: number) => Number(value.toPrecision(3));
  const rows = histograms.map(
    ({ channel, before, after }) =>
      `| ${channel} | ${short(before.mean)} | ${short(before.skewness)} | ${short(after.mean)} | ${short(after.skewness)} |`,
  );
  return [
    ...perChannel,
    '',
    '| channel | mean before | skewness before | mean after | skewness after |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '![Distributions before and after the transform](histograms.svg)',
  ];
}

export function creditLines({ manifest }: Dataset): string[] {
  if (manifest.recipe.imported)
    return [
      'As the makers of the pictures say. SDO data themselves are free to use, with the credit: NASA/SDO and the AIA, EVE, and HMI science teams.',
    ];
  if (manifest.simulated)
    return ['Simulated data: no observation, no credit due. Not for science about the Sun.'];
  return ['NASA/SDO data are free to use. Courtesy of NASA/SDO and the AIA, EVE, and HMI science teams.'];
}
