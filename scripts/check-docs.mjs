// Holds the documents to the program: links resolve, commands and flags exist, every command is in the README,
// ARCHITECTURE.md stays a page and names only what is there. Needs a build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const problems = [];
const read = (name) => readFileSync(join(root, name), 'utf8');
const help = (...args) =>
  spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args, '--help'], { encoding: 'utf8' })
    .stdout;

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'data/README.md',
  ...(existsSync(join(root, 'docs'))
    ? readdirSync(join(root, 'docs'))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`)
    : []),
];

for (const name of documents) {
  for (const [, target] of read(name).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?:|#)/.test(target)) continue;
    const path = join(root, dirname(name), target.split('#')[0]);
    if (!existsSync(path)) problems.push(`${name}: link to ${target}, which is not there`);
  }
}

const commands = [...help().matchAll(/^ {2}([a-z][a-z-]*) /gm)]
  .map((match) => match[1])
  .filter((name) => name !== 'help');
const readme = read('README.md');
const helpTexts = new Map(commands.map((name) => [name, help(name)]));
for (const name of commands) {
  if (!helpTexts.get(name)?.includes('Examples:')) problems.push(`sungan ${name}: no help with examples`);
  if (!new RegExp(`\\bsungan ${name}\\b|npm run ${name}\\b`).test(readme))
    problems.push(`README.md: no word of 'sungan ${name}'`);
}

const scripts = JSON.parse(read('package.json')).scripts;
for (const name of documents) {
  for (const line of codeLines(read(name))) {
    const script = /\bnpm run (?:--silent )?([\w:-]+)/.exec(line)?.[1];
    if (script && !(script in scripts)) problems.push(`${name}: npm run ${script}: no such script`);
    const command = /(?:\bsungan|npm run) (?:-- )?([a-z][a-z-]*)((?: .*)?)$/.exec(line);
    const text = command && helpTexts.get(command[1]);
    if (!text) continue;
    for (const [flag] of command[2].split(/[|>#]/)[0].matchAll(/--[a-z][a-z-]+/g)) {
      if (!text.includes(`${flag} `) && !text.includes(`${flag}\n`))
        problems.push(`${name}: sungan ${command[1]} has no ${flag}`);
    }
  }
}

function codeLines(text) {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]);
  return blocks.join('\n').replaceAll('\\\n', ' ').split('\n');
}

const architecture = read('ARCHITECTURE.md');
if (architecture.split('\n').length > 110) problems.push('ARCHITECTURE.md: longer than a page (110 lines)');
for (const [, path] of architecture.matchAll(/`((?:src|kernels|scripts|config|bench|test)\/[\w./-]*)`/g)) {
  if (!existsSync(join(root, path))) problems.push(`ARCHITECTURE.md: names ${path}, which is not there`);
}

for (const problem of problems) process.stderr.write(`docs: ${problem}\n`);
process.stdout.write(
  `docs: ${documents.length} documents, ${commands.length} commands, ${problems.length} problems\n`,
);
process.exit(problems.length > 0 ? 1 : 0);
