/** The table of commands. Each is loaded only when chosen, so that `--help` does not start SQLite or ONNX Runtime. */
import type { Command } from './command.ts';

export interface CommandEntry {
  summary: string;
  load(): Promise<{ default: Command }>;
}

export const COMMANDS: Record<string, CommandEntry> = {};
