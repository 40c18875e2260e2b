/** Headless Chromium, where the machine has it: SUNGAN_TEST_CHROMIUM, or one of the usual names on the path. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** Nothing of the user's profile is read and nothing goes to the network. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];

/** Runs the browser with more flags; its profile is a new folder under `folder`. Undefined where there is none. */
export function chromium(): ((flags: string[], folder: string) => SpawnSyncReturns<string>) | undefined {
  const names = [process.env['SUNGAN_TEST_CHROMIUM'] ?? '', 'chromium', 'chromium-browser', 'google-chrome'];
  const program = names.find((name) => name !== '' && spawnSync(name, ['--version']).status === 0);
  if (!program) return undefined;
  return (flags, folder) => {
    const profile = `--user-data-dir=${mkdtempSync(join(folder, 'profile-'))}`;
    return spawnSync(program, [...FLAGS, profile, ...flags], { encoding: 'utf8', timeout: 60_000 });
  };
}
