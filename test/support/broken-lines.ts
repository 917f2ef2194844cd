/** A person whose line is right; `n` keeps ids and addresses apart. */
export const personLine = (n: number | string, more: object = {}): Record<string, unknown> => ({
  type: 'person',
  externalId: `person-${n}`,
  email: `person-${n}@example.com`,
  firstName: 'Pia',
  ...more,
});

export const tenantLine = (n: number | string, more: object = {}): Record<string, unknown> => ({
  type: 'tenant',
  externalId: `tenant-${n}`,
  name: `Tenant ${n}`,
  template: 'primary',
  ...more,
});

const B64 = 'A'.repeat(43);
const SCRYPT = { scheme: 'scrypt', hash: B64, salt: B64, N: 1024, r: 8, p: 1 };
const PBKDF2 = { scheme: 'pbkdf2', hash: B64, salt: B64, digest: 'sha256', iterations: 1000 };
const FIREBASE = {
  scheme: 'firebase-scrypt',
  ...{ hash: B64, salt: B64, signerKey: B64, saltSeparator: 'Bw==', rounds: 8, memoryCost: 14 },
};
const BCRYPT = { scheme: 'bcrypt', hash: `$2b$10$${'a'.repeat(53)}` };
const ARGON2 = {
  scheme: 'argon2',
  hash: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA',
};
const TOTP = { seed: 'JBSWY3DPEHPK3PXP' };
const ROLE = { key: 'auditor', name: 'Auditor', level: 20, permissions: { leads: { view: true } } };

const WRONG_TYPES = [null, 0, 1.5, -1, true, [], {}, ['x'], { a: 1 }];
const WRONG_NAMES = [
  '',
  ' ',
  'x'.repeat(81),
  'A\u202eB',
  'A\u0007',
  'see https://evil.example',
  'www.evil.example',
];
const WRONG_MAIL = [
  ...[
    '',
    ' ',
    'a',
    'a@',
    '@b.example',
    'a b@c.example',
    'a@b..example',
    'a@-b.example',
    'a@127.0.0.1',
    'a@b.example.',
  ],
  ...[
    '"a b"@c.example',
    'a\u200b@b.example',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b'.repeat(300)}.example`,
    'a@b@c.example',
  ],
];
const WRONG_PHONES = ['', '123', '+', '+1', 'phone', '+49 x', '+49 30 123456 ext. 7', `+${'1'.repeat(39)}`];
const WRONG_TIMES = [
  '',
  'yesterday',
  '2020-01-01',
  '2020-13-01T00:00:00Z',
  '9999-01-01T00:00:00Z',
  '1900-01-01T00:00:00Z',
  '2021-02-29T12:00:00Z',
  '2020-04-31T00:00:00+05:30',
  '2020-01-01T00:00:00',
  '2020-01-01T00:00:00+16:00',
];
const WRONG_SEEDS = [
  '',
  'SHORT',
  'JBSWY3DPEHPK3PX1',
  '================',
  'A'.repeat(129),
  '                ',
];
const WRONG_PASSWORDS: unknown[] = [
  {},
  { scheme: 'md5', hash: 'x' },
  { scheme: 'plain', hash: 'secret' },
  { scheme: 'bcrypt' },
  { ...BCRYPT, cost: 10 },
  { ...BCRYPT, hash: `$2b$31$${'a'.repeat(53)}` },
  { ...BCRYPT, hash: `$2x$10$${'a'.repeat(53)}` },
  { ...BCRYPT, hash: '' },
  { ...BCRYPT, hash: 1 },
  { ...ARGON2, hash: '$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA' },
  { ...ARGON2, hash: 'argon2' },
  { ...SCRYPT, N: 2 ** 20, r: 8 },
  { ...SCRYPT, N: 1000 },
  { ...SCRYPT, N: 1e308 },
  { ...SCRYPT, r: 0 },
  { ...SCRYPT, p: 2 ** 31 },
  { ...SCRYPT, salt: '*' },
  { ...SCRYPT, hash: 'AAAA' },
  { ...PBKDF2, iterations: 0 },
  { ...PBKDF2, iterations: 2e9 },
  { ...PBKDF2, digest: 'md5' },
  { ...PBKDF2, hash: 'A'.repeat(900) },
  { ...FIREBASE, memoryCost: 21 },
  { ...FIREBASE, rounds: 0 },
  { ...FIREBASE, signerKey: 'AAAA' },
  { scheme: 'ssha', hash: '{SHA}AAAA' },
  { scheme: 'ssha', hash: '{SSHA}AAAA' },
  { scheme: 'ssha', hash: 'AAAA' },
];
const WRONG_TOTP: unknown[] = [
  {},
  { ...TOTP, digits: 8 },
  { ...TOTP, algorithm: 'SHA256' },
  { ...TOTP, period: 60 },
];
const WRONG_MEMBERSHIPS: unknown[] = [
  [{}],
  [{ role: 'user' }],
  [{ tenant: 'tenant-known' }],
  [{ tenant: 'tenant-known', tenantSlug: 'tenant-known', role: 'user' }],
  [{ tenant: 'no-such', role: 'user' }],
  [{ tenant: '__proto__', role: 'user' }],
  [{ tenant: 'tenant-known', role: '__proto__' }],
  [{ tenant: 'tenant-known', role: 'constructor' }],
  [{ tenantSlug: 'no-such', role: 'user' }],
  [{ tenant: 'tenant-known', role: 'no-such' }],
  [{ tenant: 'tenant-known', role: 'user', status: 'leaving' }],
  [
    { tenant: 'tenant-known', role: 'user' },
    { tenant: 'tenant-known', role: 'admin' },
  ],
  [
    { tenant: 'tenant-known', role: 'user' },
    { tenantSlug: 'known', role: 'user' },
  ],
  Array.from({ length: 101 }, () => ({ tenant: 'tenant-known', role: 'user' })),
];
const WRONG_CODES: unknown[] = [
  ['1234567'],
  ['abcdefgh'],
  ['12345678', '12345678'],
  Array(21).fill('12345678'),
  [12345678],
];
const WRONG_ROLES: unknown[] = [
  [{ ...ROLE, key: 'admin' }],
  [{ ...ROLE, key: 'Auditor' }],
  [ROLE, ROLE],
  [{ ...ROLE, level: 100 }],
  [{ ...ROLE, level: 101 }],
  [{ ...ROLE, level: -1 }],
  [{ ...ROLE, level: 1.5 }],
  [{ ...ROLE, permissions: { nothing: { view: true } } }],
  [{ ...ROLE, permissions: { leads: { fly: true } } }],
  [{ ...ROLE, permissions: { leads: { view: 'yes' } } }],
  [{ ...ROLE, permissions: { toString: { view: true } } }],
  [{ ...ROLE, extra: 1 }],
  Array.from({ length: 51 }, (_, n) => ({ ...ROLE, key: `role-${n}` })),
];

const withBytes = (line: string, bytes: number[]): Buffer =>
  Buffer.concat([Buffer.from(`${line.slice(0, -1)},"lastName":"`), Buffer.from(bytes), Buffer.from('"}')]);

const json = (value: unknown): string => JSON.stringify(value);

/** Lines that no import may accept, each wrong in one way. The tenant `tenant-known` has the slug `known`. */
export function brokenLines(): (string | Buffer)[] {
  const person = (more: object) => json(personLine('broken', more));
  const tenant = (more: object) => json(tenantLine('broken', more));
  const each = <T, Line>(values: readonly T[], make: (value: T) => Line) => values.map(make);
  const right = person({});
  return [
    ...[
      '{',
      '}',
      '[]',
      'null',
      '1',
      '"text"',
      'x',
      '{}',
      `${right},`,
      `[${right}]`,
      `${right}${right}`,
      right.slice(0, -1),
    ],
    ...['\ufeff\ufeff{}', "{'type':'person'}", '{"type":"person",}', '\u0000', 'NaN', '{"type":"__proto__"}'],
    right.replace('{', '{"type":"person",'),
    right.replace('Pia', '\\u0000'),
    right.replace('Pia', '\\ud800'),
    right.replace('{', '{"__proto__":{},'),
    right.replace('{', '{"constructor":1,'),
    Buffer.from(right.replace('Pia', 'Pi\u00e4'), 'latin1'),
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.from(right.replace('Pia', 'Pi\u0101'), 'utf16le'),
    // The bytes of a surrogate, and of a slash that is one byte too long
    ...each(
      [
        [0xed, 0xa0, 0x80],
        [0xc0, 0xaf],
      ],
      (bytes) => withBytes(right, bytes),
    ),
    right.replace('{', '{"\\u0065mail":"first@example.com",'),
    right.replace('}', ',"totp":{"seed":"JBSWY3DPEHPK3PXP","seed":"JBSWY3DPEHPK3PXP"}}'),
    right.replace('}', ',"totp":{"seed":"JBSWY3DPEHPK3PXP","__proto__":{}}}'),
    right.replace('}', ',"password":{"scheme":"bcrypt","cost":1e400}}'),
    right.replace('Pia', '\\uZZZZ'),
    `${right} // a comment`,
    person({ firstName: `a${'\u0301'.repeat(10_000)}` }),
    person({ firstName: 'x'.repeat(70_000) }),
    `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ...each(['operator', 'Person', '', null, 1, []], (type) => person({ type })),
    person({ nickname: 'P' }),
    person({ id: 1 }),
    person({ email: undefined }),
    person({ email: undefined, emailVerified: true, phone: '+4930123456' }),
    person({ phoneVerified: true }),
    person({ firstName: undefined }),
    person({ externalId: undefined }),
    ...each(WRONG_TYPES, (externalId) => person({ externalId })),
    ...each(['', ' x', 'x '.repeat(200), 'a\nb'], (externalId) => person({ externalId })),
    ...each([...WRONG_TYPES, ...WRONG_MAIL], (email) => person({ email })),
    ...each([...WRONG_TYPES, ...WRONG_PHONES], (phone) => person({ phone })),
    ...each([null, 'yes', 1], (emailVerified) => person({ emailVerified })),
    ...each([...WRONG_TYPES, ...WRONG_NAMES], (firstName) => person({ firstName })),
    ...each(WRONG_NAMES.slice(2), (lastName) => person({ lastName })),
    ...each([1, null, ...WRONG_TIMES], (createdAt) => person({ createdAt })),
    ...each([null, 'x', ...WRONG_PASSWORDS], (password) => person({ password })),
    ...each([null, 'x', ...WRONG_TOTP, ...WRONG_SEEDS.map((seed) => ({ seed }))], (totp) => person({ totp })),
    ...each([null, 'x', ...WRONG_CODES], (backupCodes) => person({ totp: TOTP, backupCodes })),
    person({ backupCodes: ['12345678'] }),
    ...each([null, {}, ...WRONG_MEMBERSHIPS], (memberships) => person({ memberships })),
    ...each([...WRONG_TYPES, ...WRONG_NAMES], (name) => tenant({ name })),
    ...each(['', 'Upper', 'a--b', '-a', 'a'.repeat(61), 1, 'known'], (slug) => tenant({ slug })),
    ...each(['', 'owner', null], (template) => tenant({ template })),
    tenant({ template: undefined }),
    tenant({ template: undefined, roles: [ROLE] }),
    ...each([null, {}, ...WRONG_ROLES], (roles) => tenant({ roles })),
    tenant({ email: 'a@b.example' }),
    tenant({ requireTwoFactor: 'yes' }),
  ];
}
