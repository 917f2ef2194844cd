import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FILE = 'docs/mutants.md';
const ROW = /^\| `([a-z0-9-]+)` \|/;

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

const rowOf = ({ name, lost, edits, attacks }, { killers, isKilled }) => {
  const files = [...new Set(edits.map(({ file }) => `\`${file}\``))].join(', ');
  const [first, ...others] = killers;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const verdict = isKilled ? `\`${first.file}\`: ${first.title}${more}` : '**survived**';
  const seenBy = attacks.map((id) => `\`${id}\``).join(', ');
  return `| \`${name}\` | ${[lost, files, verdict, seenBy].map(cell).join(' | ')} |`;
};

/** Writes the table: rows of this run, and of runs before it for breaks that were not tried now. */
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

Written by \`npm run test:mutants\`. Each row is one break of the code as it is, applied to a copy: what does not hold
any more, where it was made, and the first test that noticed. A break that survives is a test that is missing.

\`npm run test:mutants -- --list\` names them, \`--only NAME\` tries one (its row is written anew). With \`--attack\`
each break that shows over HTTP is built and served, and the attacks of its last column must get through there, as
none does without a break. The breaks are in \`scripts/mutants/breaks\`; \`test/structure/mutants.spec.ts\` asserts
that the code still holds each of their texts.

| break | what is lost | file | noticed by | attacks |
| ----- | ------------ | ---- | ---------- | ------- |
${rows.join('\n')}
`,
  );
}
