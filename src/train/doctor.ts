/** Which engines work on this machine, how fast they are, and how to get those that are missing. */
import { spawn } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ENGINE_NAMES, type EngineName } from './engines/index.ts';
import { absentEngine, type EngineReport, examineEngine } from './examine.ts';

import { machineMemory } from './machine.ts';

export type { EngineReport } from './examine.ts';

export interface DoctorReport {
  node: string;
  processor: string;
  processors: number;
  memoryGigabytes: number;
  engines: EngineReport[];
}

export async function examineEngines(threads = Math.min(16, availableParallelism())): Promise<DoctorReport> {
  // Node 20 cannot run a program from TypeScript; built code ends in .js.
  const isBuilt = import.meta.url.endsWith('.js');
  const engines: EngineReport[] = [];
  for (const name of ENGINE_NAMES)
    engines.push(isBuilt ? await examineApart(name, threads) : await examineEngine(name, threads));
  return {
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryGigabytes: Math.round(machineMemory() / 2 ** 30),
    engines,
  };
}

/** In a process of its own: a driver that aborts ends only that, and what native code prints stays out of the report. */
function examineApart(name: EngineName, threads: number): Promise<EngineReport> {
  const probe = fileURLToPath(new URL('./doctor-probe.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [probe, name, String(threads)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (errors += text));
    child.on('error', (error) => resolve(absentEngine(name, error.message)));
    child.on('close', (code, signal) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) return resolve(JSON.parse(line) as EngineReport);
      const said = errors.trim().split('\n').at(-1) ?? '';
      resolve(absentEngine(name, `it ended with ${signal ?? `code ${code}`}: ${said.slice(0, 200)}`));
    });
  });
}
