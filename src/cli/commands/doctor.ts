import { z } from 'zod';
import { simdKernels } from '../../numeric/index.ts';
import { type DoctorReport, type EngineReport, examineEngines } from '../../train/index.ts';
import { defineCommand } from '../command.ts';

const schema = z.strictObject({
  threads: z.coerce
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe('threads to measure with; 0: as many as processors, at most 16'),
});

export default defineCommand({
  examples: ['sungan doctor', 'sungan doctor --threads 1 --json'],
  schema,
  async run({ threads }, { dryRun }) {
    if (dryRun) return { text: 'would try every engine with a reference convolution', data: {} };
    const report = await examineEngines(threads || undefined);
    const hasKernels = simdKernels() !== undefined;
    const usable = report.engines.some((engine) => engine.present);
    return {
      text: `${describe(report)}\n${describeKernels(hasKernels)}`,
      data: { ...report, kernels: hasKernels },
      exitCode: usable ? 0 : 1,
    };
  },
});

function describe({ node, processor, processors, memoryGigabytes, engines }: DoctorReport): string {
  return [
    `Node ${node}; ${processor}, ${processors} processors, ${memoryGigabytes} GB`,
    ...engines.flatMap(describeEngine),
  ].join('\n');
}

function describeKernels(hasKernels: boolean): string {
  return hasKernels
    ? 'kernels     work: FITS, curation and eigenvalues by WebAssembly'
    : 'kernels     absent: build/kernels.wasm cannot be loaded; FITS and curation take up to three times as long\n  -> npm run build';
}

function describeEngine({
  name,
  summary,
  present,
  description,
  gigaflops,
  problem,
  remedy,
}: EngineReport): string[] {
  if (present)
    return [
      `${name.padEnd(11)} works: ${summary}; ${description}; reference convolution ${gigaflops} GFLOP/s`,
    ];
  return [`${name.padEnd(11)} absent: ${summary}; ${problem}`, `  -> ${remedy}`];
}
