/** The table of commands. Each is loaded only when chosen, so that `--help` does not start SQLite or ONNX Runtime. */
import type { Command } from './command.ts';

export interface CommandEntry {
  /** One line for the list of commands and the head of the command's own help. */
  summary: string;
  load(): Promise<{ default: Command }>;
}

export const COMMANDS: Record<string, CommandEntry> = {
  ingest: {
    summary: 'fetch frames from an archive, or adopt a folder of them',
    load: () => import('./commands/ingest.ts'),
  },
  curate: {
    summary: 'screen, calibrate and average frames into a dataset',
    load: () => import('./commands/curate.ts'),
  },
  train: {
    summary: 'learn a generator from a dataset',
    load: () => import('./commands/train.ts'),
  },
  generate: {
    summary: "draw pictures from a run's generator",
    load: () => import('./commands/generate.ts'),
  },
  eval: {
    summary: 'score generated pictures against real ones',
    load: () => import('./commands/eval.ts'),
  },
  report: {
    summary: 'write one HTML page about a run, or comparing several',
    load: () => import('./commands/report.ts'),
  },
  status: {
    summary: 'what the workspace holds',
    load: () => import('./commands/status.ts'),
  },
  gaps: {
    summary: 'what is missing, since when, why, and what was tried',
    load: () => import('./commands/gaps.ts'),
  },
  verify: {
    summary: 'whether stored files are still what they were',
    load: () => import('./commands/verify.ts'),
  },
  inspect: {
    summary: 'what FITS files hold',
    load: () => import('./commands/inspect.ts'),
  },
  simulate: {
    summary: 'make frames of a synthetic Sun, as files or as an archive',
    load: () => import('./commands/simulate.ts'),
  },
  doctor: {
    summary: 'what computes here, what is missing and how to get it',
    load: () => import('./commands/doctor.ts'),
  },
  import: {
    summary: 'take a folder or zip of pictures as a dataset',
    load: () => import('./commands/import.ts'),
  },
  export: {
    summary: 'write a dataset in the formats of other tools',
    load: () => import('./commands/export.ts'),
  },
  ablate: {
    summary: 'train several presets alike and compare them',
    load: () => import('./commands/ablate.ts'),
  },
  ganspace: {
    summary: "find what a generator's styles vary in, and which component is the solar cycle",
    load: () => import('./commands/ganspace.ts'),
  },
  weights: {
    summary: 'fetch or check the weights of the Inception network',
    load: () => import('./commands/weights.ts'),
  },
  demo: {
    summary: 'walk the whole road on a synthetic archive',
    load: () => import('./commands/demo.ts'),
  },
  'contact-sheet': {
    summary: 'draw what is in a dataset, and what was left out and why',
    load: () => import('./commands/contact-sheet.ts'),
  },
};
