/**
 * One request and its answer by undici's dispatcher, without a stream in between: pieces of the body go straight to
 * whoever takes them, and the connection waits while he is busy.
 */
import type { Dispatcher } from 'undici';

/** The memory of a chunk is used again once this has returned. */
export type Take = (chunk: Buffer) => Promise<void> | undefined;

export interface Head {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

interface Settle {
  resolve(): void;
  reject(error: unknown): void;
}

export class Exchange implements Dispatcher.DispatchHandler {
  /** Settled when the headers are there; the body waits. */
  readonly head: Promise<Head>;
  #resolveHead!: (head: Head) => void;
  #rejectHead!: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #take: Take | undefined;
  #reading: Settle | undefined;
  /** How it ended, when nobody was reading. */
  #end: { error?: unknown } | undefined;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.destroy(this.#signal.reason);

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.head = new Promise((resolve, reject) => {
      this.#resolveHead = resolve;
      this.#rejectHead = reject;
    });
    signal.addEventListener('abort', this.#onAbort);
  }

  /** Hands each piece to `take`; what that throws ends the exchange. */
  read(take: Take): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end) {
        if ('error' in this.#end) reject(this.#end.error);
        else resolve();
        return;
      }
      this.#take = take;
      this.#reading = { resolve, reject };
      this.#controller!.resume();
    });
  }

  /** The rest is not wanted. */
  destroy(reason: unknown = new Error('the rest is not wanted')): void {
    this.#finish({ error: reason });
    this.#controller?.abort(reason instanceof Error ? reason : new Error(String(reason)));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#end) controller.abort(new Error('stopped before it began'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Head['headers']): void {
    // Early hints and the like.
    if (status < 200) return;
    controller.pause();
    this.#resolveHead({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    try {
      const pending = this.#take?.(chunk);
      if (!pending) return;
      controller.pause();
      pending.then(
        () => controller.resume(),
        (error) => this.destroy(error),
      );
    } catch (error) {
      this.destroy(error);
    }
  }

  onResponseEnd(): void {
    this.#finish({});
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish({ error });
  }

  /** The first end counts: an exchange that was destroyed errs afterwards. */
  #finish(end: { error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (!('error' in end)) this.#reading?.resolve();
    else {
      this.#rejectHead(end.error);
      this.#reading?.reject(end.error);
    }
  }
}
