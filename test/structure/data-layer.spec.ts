import { readdirSync, readFileSync } from 'node:fs';

const SRC = new URL('../../src/', import.meta.url);
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
  .map((file) => ({ file, text: withoutComments(readFileSync(new URL(file, SRC), 'utf8')) }));

const SQL = /\b(SELECT |INSERT INTO|UPDATE \S+ SET|DELETE FROM)/;
/** The layer below the repositories: connections, their settings, the role, and the embedded server. */
const BELOW = /^(database|dev\/embedded-postgres)\//;
/** The writers of a table, as SQL and as TypeORM. */
const WRITES = /\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?([a-z][a-z_]+)\b(?=[\s(])/g;
const WRITES_ENTITY = /\b(?:insert|update|delete|upsert|into|from)\(\s*([A-Z]\w*Entity)\b/g;

/** Statements that write rows of another module, each because one statement holds a guarantee or the hot path. */
const EXCEPTIONS = new Map([
  // What the foreign keys of an erased person do not reach
  ['modules/account-lifecycle/erasure/erasure.repository.ts', ['invitations', 'one_time_secrets', 'tenants']],
  // Everything that ends after a restore, in one list
  [
    'modules/bulk-revocation/bulk-revocation.repository.ts',
    [
      ...[
        'api_keys',
        'invitations',
        'messages',
        'one_time_secrets',
        'otp_challenges',
        'password_credentials',
      ],
      ...[
        'operator_sessions',
        'operators',
        'pending_sign_ins',
        'recovery_codes',
        'service_accounts',
        'sessions',
        'totp_factors',
        'trusted_devices',
      ],
    ],
  ],
  // Opening, rotating and switching a session are one statement each, with their audit event
  ['modules/sessions/direct-sign-ins.repository.ts', ['audit_events', 'memberships']],
  ['modules/sessions/session-rotation.repository.ts', ['audit_events']],
  ['modules/sessions/session-switch.repository.ts', ['audit_events', 'memberships']],
  ['modules/sessions/sessions.repository.ts', ['audit_events', 'memberships']],
]);

/** The module of each table and entity: where its entity is. */
const owners = new Map<string, string>();
for (const { file, text } of sources) {
  const [, table] = /@Entity\('(\w+)'/.exec(text) ?? [];
  const [, entity] = /export class (\w+)/.exec(text) ?? [];
  if (!table || !entity) continue;
  owners.set(table, moduleOf(file)).set(entity, moduleOf(file));
}

it('knows the owner of every table', () => {
  expect(owners.size).toBeGreaterThan(50);
});

it('SQL stands in repositories', () => {
  const elsewhere = sources.filter(
    ({ file, text }) => SQL.test(text) && !file.endsWith('.repository.ts') && !BELOW.test(file),
  );
  expect(elsewhere.map(({ file }) => file)).toEqual([]);
});

it('only repositories use the database, beside the services that begin transactions', () => {
  const callers = sources.filter(
    ({ file, text }) =>
      /\b(tx|autocommit\w*)\.(many|one|execute|manager)\b/.test(text) &&
      !file.endsWith('.repository.ts') &&
      !BELOW.test(file),
  );
  expect(callers.map(({ file }) => file)).toEqual([]);
});

it('a table is written by repositories of its own module', () => {
  const foreign = sources.flatMap(({ file, text }) => {
    if (BELOW.test(file)) return [];
    const written = [...text.matchAll(WRITES), ...text.matchAll(WRITES_ENTITY)].map(([, name = '']) => name);
    const others = written.filter((name) => owners.has(name) && owners.get(name) !== moduleOf(file));
    return [...new Set(others)].map((name) => `${file}: ${name}`);
  });
  const allowed = [...EXCEPTIONS].flatMap(([file, tables]) => tables.map((table) => `${file}: ${table}`));
  expect(foreign.sort()).toEqual(allowed.sort());
});

it('no constructor has more than seven dependencies', () => {
  const large = sources.filter(({ text }) => {
    const [, parameters = ''] = /\n {2}constructor\(([\s\S]*?)\n {2}\) \{/.exec(text) ?? [];
    return parameters.split('\n').filter((line) => /\breadonly\b/.test(line)).length > 7;
  });
  expect(large.map(({ file }) => file)).toEqual([]);
});

function moduleOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
