import { type Credential, CREDENTIALS, MATRIX, type Row } from './matrix.js';

const INTRODUCTION = `# Credential revocation

This page tells you which event revokes which credential. It is generated from the table of
[\`revocation-matrix.e2e-spec.ts\`](../test/attacks/revocation-matrix.e2e-spec.ts), the test of all these cells.
\`WRITE_DOCS=1 npm run test:unit -- --testPathPatterns revocation-matrix\` writes it; \`npm test\` fails for a change that is not
committed. Each event happens at one server and each credential is tried at another, on one database. A revocation takes
effect **at once**, on every server, with the response to the event.

- **dead**: refused from then on. A session, a key or a trusted device is tried in the organisation of the event; those in
  other organisations stay alive.
- **first use**: the session has a new pair of tokens; its older pair is dead at the first use of the new one
  ([tokens after a change](two-factor.md#tokens-after-a-change)).
- **less**: alive, with the rights of that moment.
- **alive**: as before.
- **–**: there is no such credential at that moment.

A service that verifies access tokens offline notices none of this until the token expires, after an hour at most:
[how a product checks its callers](product-services.md).

What ends the session of an operator in the place of a person: [operators.md](operators.md#in-the-place-of-a-person).
`;

/** The table, and the meaning of its words, as Markdown. */
export function renderRevocationMatrix(): string {
  const names = Object.keys(CREDENTIALS) as Credential[];
  const rows = Object.entries<Row>(MATRIX);
  const cells = table(
    ['event', ...names.map((name) => CREDENTIALS[name][0])],
    rows.map(([event, { outcomes }]) => [event, ...names.map((name) => outcomes[name])]),
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
