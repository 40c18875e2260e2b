/** A process that tries one engine out: `doctor-probe.js NAME THREADS` prints its report as the last line. */
import type { EngineName } from './engines/index.ts';
import { examineEngine } from './examine.ts';

const [name, threads] = process.argv.slice(2);
const report = await examineEngine(name as EngineName, Number(threads));
process.stdout.write(`\n${JSON.stringify(report)}\n`);
