import { contactSheetOptions, contactSheets } from '../../curate/index.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  summary: 'pictures of a dataset: what is in it, and what was left out and why',
  examples: ['sungan contact-sheet aia-193'],
  positionals: ['name'],
  schema: contactSheetOptions,
  async run(options, { workspace }) {
    const paths = await contactSheets(options, workspace);
    return { text: paths.join('\n'), data: { paths } };
  },
});
