import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FILE = 'docs/mutants.md';
const ROW = /^\| `([a-z0-9-]+)` \|/;

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

const rowOf = ({ name, lost, edits, attacks }, { killers, isKilled }) => {
  const files = [...new Set(edits.map(({ file }) => `\`${file}\``))].join(', ');
  const [first, ...others] = killers;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const detection = isKilled ? `\`${first.file}\`: ${first.title}${more}` : '**survived**';
  const seenBy = attacks.map((id) => `\`${id}\``).join(', ');
  return `| \`${name}\` | ${[lost, files, detection, seenBy].map(cell).join(' | ')} |`;
};

/** Writes the table: the rows of this run, and those of earlier runs for breaks that were not tried now. */
export function writeReport(breaks, results) {
  const known = new Map();
  if (existsSync(FILE)) {
    for (const line of readFileSync(FILE, 'utf8').split('\n')) {
      const name = ROW.exec(line)?.[1];
      if (name) known.set(name, line);
    }
  }
  for (const one of breaks) if (results.has(one.name)) known.set(one.name, rowOf(one, results.get(one.name)));
  const rows = breaks.flatMap(({ name }) => known.get(name) ?? []);
  writeFileSync(
    FILE,
    `# Deliberate breaks

Written by \`npm run test:mutants\`. Each row is one break of the present code, applied to a copy: the guarantee that the
break removes, the file, and the first test that detected it. A break that survives is a missing test.

\`npm run test:mutants -- --list\` lists them, \`--only NAME\` tries one (and rewrites its row). With \`--attack\`, each
break that is visible over HTTP is built and served, and the attacks of its last column must get through there, as none
does without a break. The breaks are in \`scripts/mutants/breaks\`; \`test/structure/mutants.spec.ts\` asserts that the
code still contains each of their texts.

| break | what is lost | file | detected by | attacks |
| ----- | ------------ | ---- | ---------- | ------- |
${rows.join('\n')}
`,
  );
}
