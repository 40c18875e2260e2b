/** SIGINT, SIGTERM and SIGHUP (the terminal was closed) ask for a clean stop; a second one leaves at once. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface StopRequest {
  signal: AbortSignal;
  release(): void;
}

export function stopOnSignals(): StopRequest {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\nsungan: ${name}: finishing the current step (once more to leave at once)\n`);
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    release() {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
