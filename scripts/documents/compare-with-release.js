import { readdirSync, readFileSync } from 'node:fs';
import { compareDocuments } from './compare.js';

const read = (folder, file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
const documentsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith('.json'));
const words = (text) => text.replace(/\s+/g, ' ');

/**
 * The differences between the documents of two folders, a line each, and the number of those that break clients and are
 * not named by the changelog, under "Unreleased", as they are printed here.
 */
export function compareWithRelease({ released, documents, changelog }) {
  const [, unreleased = ''] = readFileSync(changelog, 'utf8').split(/^## .*$/m);
  const named = words(unreleased);
  const kept = documentsIn(documents);
  const lines = [];
  let unnamed = 0;
  for (const file of documentsIn(released)) {
    const contract = file.replace(/\.json$/, '');
    const changes = kept.includes(file)
      ? compareDocuments(read(released, file), read(documents, file))
      : [{ text: 'removed', breaks: true }];
    for (const { text, breaks } of changes) {
      const line = `${contract} ${text}`;
      const isNamed = named.includes(words(line));
      if (breaks && !isNamed) unnamed += 1;
      lines.push(`${breaks ? (isNamed ? 'breaking, named' : 'BREAKING') : 'compatible'}  ${line}`);
    }
  }
  return { lines, unnamed };
}
