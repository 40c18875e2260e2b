/** A thread of the pool: reads one batch a message, and gives its memory away instead of copying it. */
import { Tinypool } from 'tinypool';
import { type ReadTask, readBatch } from './reader.ts';

export default async (task: ReadTask) => {
  const values = await readBatch(task);
  return Tinypool.move(values);
};
