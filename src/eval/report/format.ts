/** Numbers as people read them in a table. */

/** Four significant digits, without exponent where that stays short; a dash for what is not there. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(digits - 2)
      .replace('e+', ' × 10^')
      .replace('e-', ' × 10^−')
      .replace('-', '−');
  const text = size >= 10 ** (digits - 1) ? formatCount(Math.round(value)) : value.toPrecision(digits);
  return text.replace('-', '−');
}

/** 12,345 */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** 2017-01-03 23:00 UTC */
export function formatMoment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Thousands of pictures: 0.4, 12, 1,250.5 */
export function formatKimg(kimg: number): string {
  return (Math.round(kimg * 10) / 10).toLocaleString('en-US');
}
