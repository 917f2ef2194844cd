import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compareDocuments } from './compare.js';

/*
 * `npm run documents:changes`: prints how the documents differ from those of the last release, and fails for a change
 * that breaks clients unless the changelog names it, under "Unreleased", as it is printed here.
 */
const { values } = parseArgs({
  options: {
    released: { type: 'string', default: 'openapi/released' },
    documents: { type: 'string', default: 'openapi' },
    changelog: { type: 'string', default: 'CHANGELOG.md' },
  },
});
const read = (folder, file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
const documentsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith('.json'));
const words = (text) => text.replace(/\s+/g, ' ');

const [, unreleased = ''] = readFileSync(values.changelog, 'utf8').split(/^## .*$/m);
const named = words(unreleased);
const kept = documentsIn(values.documents);
let unnamed = 0;

for (const file of documentsIn(values.released)) {
  const contract = file.replace(/\.json$/, '');
  const changes = kept.includes(file)
    ? compareDocuments(read(values.released, file), read(values.documents, file))
    : [{ text: 'removed', breaks: true }];
  for (const { text, breaks } of changes) {
    const line = `${contract} ${text}`;
    const isNamed = named.includes(words(line));
    if (breaks && !isNamed) unnamed += 1;
    process.stdout.write(`${breaks ? (isNamed ? 'breaking, named' : 'BREAKING') : 'compatible'}  ${line}\n`);
  }
}
if (unnamed > 0)
  process.stdout.write(
    `${unnamed} breaking changes: undo them, or copy their lines into ${values.changelog}, under "Unreleased".\n`,
  );
process.exitCode = unnamed > 0 ? 1 : 0;
