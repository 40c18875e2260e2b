import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Much longer than any test takes: it ends what hangs, and forgives a machine that stands still for minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Forked processes: native add-ons (SQLite, ONNX Runtime) are not safe to share between worker threads.
    pool: 'forks',
    maxWorkers: 2,
    env: { TZ: 'UTC' },
  },
});
