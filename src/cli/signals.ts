/** SIGINT and SIGTERM ask for a clean stop; a second one leaves at once. */

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
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
