import { readFileSync } from 'node:fs';

interface Node {
  properties?: Record<string, Node>;
  parameters?: { name: string; in: string }[];
  example?: unknown;
}

const SNAKE_CASE = /^[a-z0-9]+(_[a-z0-9]+)*$/;
const document = JSON.parse(readFileSync('openapi/datixlab.json', 'utf8')) as Node;

/** Every name that a client of this contract sends or receives, but for headers, which have the names of standards. */
function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties = {}, parameters = [], example } = node as Node;
  const shown = typeof example === 'object' && example !== null ? Object.keys(example) : [];
  const own = [
    ...Object.keys(properties),
    ...parameters.filter((one) => one.in !== 'header').map(({ name }) => name),
  ];
  return [...own, ...(Array.isArray(example) ? [] : shown), ...Object.values(node).flatMap(namesIn)];
}

describe('the document of the datixlab contract', () => {
  it('names everything in snake_case', () => {
    const names = [...new Set(namesIn(document))];
    expect(names).toEqual(
      expect.arrayContaining(['full_name', 'access_token', 'current_password', 'pointer']),
    );
    expect(names.filter((name) => !SNAKE_CASE.test(name))).toEqual([]);
  });
});
