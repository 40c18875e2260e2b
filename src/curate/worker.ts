/** What a worker thread runs: one sample a message. */
import { Tinypool } from 'tinypool';
import { type EncodeTask, encodeSample } from './encode.ts';

/** An `EncodeResult` whose chunks are handed over, not copied. */
export default async function encodeInWorker(task: EncodeTask): Promise<unknown> {
  const value = await encodeSample(task);
  const buffers = (value.chunks ?? []).map((chunk) => chunk.buffer as ArrayBuffer);
  return Tinypool.move({ [Tinypool.transferableSymbol]: buffers, [Tinypool.valueSymbol]: value } as never);
}
