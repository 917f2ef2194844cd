import { CREDENTIALS, MATRIX, type Credential, type Row } from './matrix.js';

const INTRODUCTION = `# What ends what

Generated from the table of the test that tries it, [\`revocation-matrix.e2e-spec.ts\`](../test/attacks/revocation-matrix.e2e-spec.ts):
\`WRITE_DOCS=1 npm run test:unit -- --testPathPatterns revocation-matrix\` writes it, and a change that is not committed
fails \`npm test\`. Each row is done at one server and each cell tried at another, on one database: what is dead is so
**at once**, on every server, with the answer to the event.

- **dead**: refused from then on. A session, a key or a trusted device is looked at in the organisation of the event;
  those elsewhere go on.
- **first use**: the session has a new pair of tokens; its older pair is dead at once when the new one is first used
  ([tokens after a change](two-factor.md#tokens-after-a-change)).
- **less**: alive, with the rights of that moment.
- **alive**: as before.
- **–**: there is no such credential at that moment.

A service that verifies access tokens offline sees none of this until the token's own end, an hour at the most:
[how a product checks its callers](product-services.md).
`;

/** The table, and what its words stand for, as Markdown. */
export function renderRevocationMatrix(): string {
  const names = Object.keys(CREDENTIALS) as Credential[];
  const rows = Object.entries<Row>(MATRIX);
  const cells = table(
    ['event', ...names.map((name) => CREDENTIALS[name][0])],
    rows.map(([event, { fates }]) => [event, ...names.map((name) => fates[name])]),
  );
  const events = rows.map(([event, { act, note }]) => `- **${event}**: ${act}.${note ? ` ${note}` : ''}`);
  const credentials = names.map((name) => `- **${CREDENTIALS[name][0]}**: ${CREDENTIALS[name][1]}.`);
  const sections = [INTRODUCTION, ...cells, '', '## Events', '', ...events, '', '## Credentials', ''];
  return [...sections, ...credentials, ''].join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}
