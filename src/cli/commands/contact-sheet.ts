import { contactSheetOptions, contactSheets } from '../../curate/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  examples: ['sungan contact-sheet aia-193', 'sungan contact-sheet aia-193 --by reason'],
  positionals: ['name'],
  schema: contactSheetOptions,
  async run(options, { workspace, dryRun }) {
    if (dryRun) {
      const text = `would draw the contact sheets of ${options.name} by ${options.by}`;
      return { text, data: options };
    }
    const paths = await contactSheets(options, workspace);
    return { text: paths.join('\n'), data: { paths } };
  },
});
