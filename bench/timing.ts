/** Rounds of competitors in turn, so that a busy moment of the machine hits all of them, and their table. */
export interface Competitor {
  name: string;
  /** One measurement, milliseconds. */
  measure(): number | Promise<number>;
}

export interface Timing {
  name: string;
  median: number;
  least: number;
}

/** The first round is a warm-up and is dropped. */
export async function compare(competitors: readonly Competitor[], rounds: number): Promise<Timing[]> {
  const times = competitors.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < competitors.length; i++) {
      const milliseconds = await competitors[i]!.measure();
      if (round > 0) times[i]!.push(milliseconds);
    }
  }
  return competitors.map(({ name }, i) => {
    const sorted = times[i]!.sort((a, b) => a - b);
    return { name, median: sorted[Math.floor(sorted.length / 2)]!, least: sorted[0]! };
  });
}

/** Milliseconds of a synchronous piece of work. */
export function time(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** A line each, and how the first one's times relate to it. */
export function printTimings(title: string, timings: readonly Timing[]): void {
  console.log(`\n${title}`);
  const own = timings[0]!;
  for (const { name, median, least } of timings) {
    const ratio =
      name === own.name
        ? ''
        : `  ours / this: ${(own.median / median).toFixed(2)} (least ${(own.least / least).toFixed(2)})`;
    console.log(
      `  ${name.padEnd(34)} median ${median.toFixed(1).padStart(7)} ms  least ${least.toFixed(1).padStart(7)} ms${ratio}`,
    );
  }
}
