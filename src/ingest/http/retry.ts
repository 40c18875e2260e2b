/** When to try again. Pure: randomness and time are arguments. */

/** Seconds before the 2nd, 3rd, ... try: four tries within three minutes, then the next run of cron is soon enough. */
const PAUSES_S = [2, 8, 30, 120];

/** No server may make a run wait longer than this by Retry-After. */
const MAX_RETRY_AFTER_MS = 600_000;

/** Milliseconds before try number `tries + 1`, spread by half in both directions so that clients do not march in step. */
export function pauseMs(
  tries: number,
  uniform: () => number,
  retryAfter: string | undefined,
  now: number,
): number {
  const asked = retryAfterMs(retryAfter, now);
  const planned = PAUSES_S[Math.min(tries, PAUSES_S.length) - 1]! * 1000 * (0.5 + uniform());
  return asked === undefined ? planned : Math.max(asked, planned);
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const milliseconds = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), MAX_RETRY_AFTER_MS) : undefined;
}
