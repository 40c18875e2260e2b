/** The record of scores: one `EvalSummary` a line, oldest first. */
import { readFile } from 'node:fs/promises';
import { SunganError } from '../core/errors.ts';
import { writeAtomic } from '../core/files.ts';
import type { EvalSummary } from './scores.ts';

/** None when the file is not there. Lines of another schema are left out. */
export async function readEvaluations(path: string): Promise<EvalSummary[]> {
  const text = await readText(path);
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      const summary = JSON.parse(line) as EvalSummary;
      return isWhole(summary) ? [summary] : [];
    } catch (cause) {
      throw new SunganError('format', 'not a line of scores', {
        where: `${path}, line ${index + 1}`,
        remedy: 'delete that line',
        cause,
      });
    }
  });
}

/** False for a line of another schema; throws where it is of this one, and something of it is missing. */
function isWhole({ schema, results, real, fake }: EvalSummary): boolean {
  if (schema !== 1) return false;
  if (!Array.isArray(results) || !real || !fake) throw new Error('results or sides are missing');
  return true;
}

/** The whole file is written anew, so that a kill leaves the old scores or the new ones, never half a line. */
export async function appendEvaluation(path: string, summary: EvalSummary): Promise<void> {
  const before = await readText(path);
  await writeAtomic(
    path,
    `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${JSON.stringify(summary)}\n`,
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
