/** What a thread runs: one file a message. The memory goes back with the answer. */
import { parentPort } from 'node:worker_threads';
import { type FinishTask, finishFile } from './finish-file.ts';
import { type Answer, failureOf } from './finishers.ts';

parentPort!.on('message', async ({ id, task }: { id: number; task: FinishTask }) => {
  const { held } = task;
  let answer: Answer;
  try {
    answer = { id, finished: { ...(await finishFile(task)), held } };
  } catch (error) {
    answer = { id, failure: failureOf(error) };
  }
  parentPort!.postMessage(answer, [held.buffer]);
});
