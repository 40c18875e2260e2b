/** A thread of the pool: reads one batch a message, and gives its memory away instead of copying it. */
import { Tinypool } from 'tinypool';
import { orFailure } from './failure.ts';
import { type ReadTask, readBatch } from './reader.ts';

export default async (task: ReadTask) => {
  const result = await orFailure(readBatch(task));
  return result instanceof Float32Array ? Tinypool.move(result) : result;
};
