import fc from 'fast-check';
import { Members, type Node, placesIn, Raw, replaceAt } from './nodes.js';

const LIMIT = 100 * 1024;

/** Values that no field accepts, or only some do. */
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b@example.com',
  '\ud800',
  '\udc00\ud800',
  '\ud800@example.com',
  '\uffff\ufffe',
  '\u202e\u2066\u200b',
  '\ufdfa'.repeat(300),
  '\ufdfa'.repeat(20_000),
  `a@${'\u597d'.repeat(70)}.example`,
  `a@${'\u597d'.repeat(20_000)}`,
  `${'a'.repeat(65)}@${'b.'.repeat(120)}example`,
  '"a<b"@x.example',
  'a@x.example/evil',
  'a@x.example#q',
  'a@%61.example',
  'a@[127.0.0.1]',
  'e\u0301'.repeat(1_000),
  'a'.repeat(60_000),
  '@'.repeat(5_000),
  '-'.repeat(30_000),
  '1'.repeat(30_000),
  'null',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  "'; DROP TABLE users; --",
  '%',
  '%00%0a{{7*7}}${7*7}',
  '\r\nSet-Cookie: a=b',
  '../../../../etc/passwd',
  'https://evil.example/',
  '\ufeffx',
  '-1',
  '1e999',
  'true',
];

const NUMBERS = [
  '-0',
  '0',
  '-1',
  '0.5',
  '1e999',
  '-1e999',
  '1e-999',
  '9007199254740993',
  '-9007199254740993',
  '1E400',
  '2147483648',
  '99999999999999999999999999',
];

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'id',
  'tenantId',
  'tenant_id',
  'userId',
  'role',
  'roleLevel',
  'level',
  'permissions',
  'isVerified',
  'emailVerified',
  'status',
  'createdAt',
  'twoFactorEnabled',
  'passwordHash',
  '',
  '\u0000',
  '\ud800',
  'a'.repeat(3_000),
];

const OTHER_TYPES: Node[] = [
  null,
  true,
  false,
  [],
  [[]],
  [null],
  new Members([]),
  new Members([['length', 99]]),
  new Members([['$gt', '']]),
  new Members([['toString', 1]]),
  new Members([['__proto__', new Members([['admin', true]])]]),
  ...NUMBERS.map((text) => new Raw(text)),
];

/** Texts that are not JSON, or not a JSON object. */
const FOREIGN = [
  '',
  ' ',
  '{',
  '}',
  '[]',
  '[{}]',
  'null',
  'true',
  '1',
  '"text"',
  '{"a":}',
  '{"a":1,}',
  "{'a':1}",
  '{"a":1} {"b":2}',
  '{"a":NaN}',
  '{"a":0x10}',
  '{"a":01}',
  '{"a":"\u0001"}',
  '// c\n{}',
  '\ufeff{}',
  '<a/>',
  'a=b&c=d',
  '{"\\u005f_proto__":1}',
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  '\ud800',
];

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Node[]>(...TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...OTHER_TYPES) },
  { weight: 1, arbitrary: fc.constantFrom(8, 10, 11, 1_000, 15_000).map((depth) => nested(depth)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

function nested(depth: number): Raw {
  return new Raw(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

export type BodyMutation = (body: Node) => Node;

/** Replaces or removes some value within, chosen by chance. */
const replaced: fc.Arbitrary<BodyMutation> = fc
  .tuple(fc.nat(), fc.option(nasty, { freq: 5, nil: undefined }))
  .map(([index, by]) => (body) => {
    const [root = [], ...inner] = placesIn(body);
    const at = inner[index % inner.length] ?? root;
    return (at.length === 0 ? by : replaceAt(body, at, () => by)) ?? new Members([]);
  });

const added: fc.Arbitrary<BodyMutation> = fc
  .tuple(fc.constantFrom(...NAMES), nasty, fc.boolean())
  .map(([name, value, first]) => (body) => {
    if (!(body instanceof Members)) return body;
    const member = [name, value] as const;
    return new Members(first ? [member, ...body.list] : [...body.list, member]);
  });

/** RFC 8259 §4 leaves open which of two duplicates counts. */
const repeated: fc.Arbitrary<BodyMutation> = fc
  .tuple(fc.nat(), nasty, fc.boolean())
  .map(([index, value, first]) => (body) => {
    if (!(body instanceof Members) || body.list.length === 0) return body;
    const [name] = body.list[index % body.list.length] ?? [''];
    return new Members(first ? [[name, value], ...body.list] : [...body.list, [name, value]]);
  });

/** Just below, at, and above the limit of what is read; white space does not change the meaning. */
const padded: fc.Arbitrary<BodyMutation> = fc
  .tuple(fc.constantFrom(-1, 0, 1, 1_000), fc.constantFrom('space', 'text', 'members', 'list'))
  .map(
    ([beyond, kind]) =>
      () =>
        new Raw(filled(LIMIT + beyond, kind)),
  );

function filled(size: number, kind: string): string {
  switch (kind) {
    case 'space':
      return `{${' '.repeat(size - 2)}}`;
    case 'text':
      return `{"name":"${'x'.repeat(size - 11)}"}`;
    case 'members': {
      const members = Array.from({ length: 2_000 }, (_, index) => `"k${index}":1`).join();
      return `{${members}${' '.repeat(size - members.length - 2)}}`;
    }
    default:
      return `[${'[],'.repeat(Math.floor((size - 4) / 3))}[]${' '.repeat((size - 4) % 3)}]`;
  }
}

const foreign: fc.Arbitrary<BodyMutation> = fc
  .oneof(fc.constantFrom(...FOREIGN), fc.string({ maxLength: 80 }), fc.json())
  .map((text) => () => new Raw(text));

export const bodyMutation: fc.Arbitrary<BodyMutation> = fc.oneof(
  { weight: 6, arbitrary: replaced },
  { weight: 4, arbitrary: added },
  { weight: 2, arbitrary: repeated },
  { weight: 2, arbitrary: foreign },
  { weight: 1, arbitrary: padded },
);

export { nasty };
