import { readdirSync, readFileSync } from 'node:fs';

/** A fenced block of a document. */
export interface FencedBlock {
  path: string;
  language: string;
  text: string;
}

const pagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** What a user or developer reads; the changelog quotes nothing to run. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...pagesIn('docs'),
  ...['examples', 'clients'].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => pagesIn(`${folder}/${name}`)),
  ),
];

/** The blocks of one document, in order, those of its lists included. A word after the language, such as a file name, is not part of the text. */
export function blocksOf(path: string): FencedBlock[] {
  return [...readFileSync(path, 'utf8').matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', text = '']) => ({
      path,
      language,
      text: text.replace(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The only block of this language in the document, of those that contain the text. Throws if there is another. */
export function blockOf(path: string, language: string, containing = ''): string {
  const found = blocksOf(path).filter(
    (block) => block.language === language && block.text.includes(containing),
  );
  if (found.length !== 1)
    throw new Error(`${path} has ${found.length} blocks of ${language} with ${containing}`);
  return found[0]?.text ?? '';
}
