/** `sungan report`: one HTML file about one run or several. */
import { report, reportOptions } from '../../eval/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: ['sungan report runs/0001-demo', 'sungan report 1 2 3 --out comparison.html'],
  positionals: ['paths'],
  schema: reportOptions,
  async run(options, context) {
    const { path, runs } = await report(options, { ...context, dryRun: context.dryRun });
    const names = runs.join(', ');
    return context.dryRun
      ? { text: `would write ${path} about ${names}`, data: { path, runs } }
      : { text: path, data: { path, runs } };
  },
});
