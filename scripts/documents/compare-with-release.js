import { readdirSync, readFileSync } from 'node:fs';
import { notesOf } from '../release/changelog.js';
import { compareDocuments } from './compare.js';

const read = (folder, file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
const documentsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith('.json'));
const words = (text) => text.replace(/\s+/g, ' ');

/**
 * The differences between the documents of two folders, a line each, and the number of those that break clients and are
 * not named by the changelog, under "Unreleased", as they are printed here.
 */
export function compareWithRelease({ released, documents, changelog }) {
  const named = words(notesOf(readFileSync(changelog, 'utf8')) ?? '');
  const kept = documentsIn(documents);
  const before = documentsIn(released);
  const lines = kept
    .filter((file) => !before.includes(file))
    .map((file) => `compatible  ${file.replace(/\.json$/, '')}: new`);
  let unnamed = 0;
  for (const file of before) {
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
