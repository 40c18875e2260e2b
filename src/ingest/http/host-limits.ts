/** Limits of single hosts, as people write them: `jsoc.stanford.edu=1`. Pure. */

/** A host, with port where it is not the default, and a positive number. */
export const HOST_LIMIT = /^([A-Za-z0-9.-]+(?::\d+)?)=(?!0+(?:\.0+)?$)(\d+(?:\.\d+)?)$/;

/** By host; texts that do not fit were refused with the options. */
export function parseHostLimits(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    texts.flatMap((text) => {
      const match = HOST_LIMIT.exec(text);
      return match ? [[match[1]!.toLowerCase(), Number(match[2])] as const] : [];
    }),
  );
}
