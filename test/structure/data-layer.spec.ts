import { readdirSync, readFileSync } from 'node:fs';

const SRC = new URL('../../src/', import.meta.url);
const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
  .map((file) => ({ file, text: withoutComments(readFileSync(new URL(file, SRC), 'utf8')) }));

const SQL =
  /\b(SELECT\b|INSERT\s+INTO\b|UPDATE\s+\S+\s+((AS\s+)?[a-z]+\s+)?SET\b|DELETE\s+FROM\b|MERGE\s+INTO\b)/;
/** The layer below the repositories: connections, their settings, the role, and the embedded server. */
const BELOW = /^(database|dev\/embedded-postgres)\//;
/** The writers of a table, as SQL and as TypeORM. */
const WRITES =
  /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE)\s+(?:ONLY\s+)?((?:[a-z]+\.)?(?:[a-z][a-z_]+|%))(?=[\s(;\d])/g;
const WRITES_ENTITY = /\b(?:insert|update|delete|upsert|into|from)\(\s*([A-Z]\w*Entity)\b/g;
/** The name of a table is a variable. */
const WRITES_ANY = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE)\s+(?:ONLY\s+)?\$\{/;

/**
 * Who writes each table: files of src/modules, also by a function of the database that they call, and functions that
 * triggers call. One in another module than the entity is also in FOREIGN.
 */
const WRITERS: Record<string, string[]> = {
  api_key_secrets: ['api-keys/api-key-secrets'],
  api_key_usage: ['api-keys/api-key-usage'],
  api_keys: [
    ...['api-keys/api-key-usage', 'api-keys/api-keys', 'api-keys/api-keys-of-person'],
    'bulk-revocation/bulk-revocation',
  ],
  attempts: ['attempts/attempts'],
  audit_events: [
    'audit/audit-events',
    ...[
      'sessions/direct-sign-ins',
      'sessions/session-rotation',
      'sessions/session-switch',
      'sessions/sessions',
    ],
  ],
  avatars: ['users/avatars'],
  bulk_revocations: ['bulk-revocation/bulk-revocation'],
  client_assertions: ['service-accounts/service-account-states'],
  departments: ['groups/departments'],
  email_changes: ['profile/email-changes'],
  idempotency_records: ['idempotency/encrypted-answers', 'idempotency/idempotency'],
  invitation_teams: ['invitations/invitations'],
  invitations: [
    ...['account-lifecycle/erasure/erasure', 'bulk-revocation/bulk-revocation'],
    ...['invitations/invitation-offers', 'invitations/invitations'],
  ],
  memberships: [
    ...['sessions/direct-sign-ins', 'sessions/session-switch', 'sessions/sessions'],
    ...['tenants/deleted-tenants', 'tenants/imported-tenants', 'tenants/memberships'],
    ...['tenants/memberships-of-person', 'tenants/owners'],
  ],
  messages: [
    'bulk-revocation/bulk-revocation',
    ...['messaging/code-recording', 'messaging/delivery/delivery', 'messaging/encrypted-messages'],
    ...['messaging/message-records', 'messaging/messages', 'messaging/spending/sms-spending'],
  ],
  next_signing_keys: ['sessions/signing-keys'],
  one_time_secrets: [
    ...['account-lifecycle/erasure/erasure', 'bulk-revocation/bulk-revocation'],
    'secrets/secrets',
  ],
  operator_sessions: ['bulk-revocation/bulk-revocation', 'operator-accounts/operator-sessions'],
  operators: [
    'bulk-revocation/bulk-revocation',
    ...['operator-accounts/encrypted-operator-seeds', 'operator-accounts/operators'],
  ],
  otp_challenges: ['bulk-revocation/bulk-revocation', 'otp/otp-challenges', 'sessions/direct-sign-ins'],
  // A month of audit events or messages
  'partitions.%': ['audit/audit-months', 'partitions/months'],
  'partitions.thinned_months': ['audit/audit-months', 'partitions/months', 'trigger forget_thinned_months'],
  password_credentials: [
    'bulk-revocation/bulk-revocation',
    ...['passwords/credentials', 'passwords/imported-passwords'],
  ],
  pending_sign_ins: ['bulk-revocation/bulk-revocation', 'sessions/pending-sign-ins'],
  recovery_codes: [
    'bulk-revocation/bulk-revocation',
    ...['two-factor/imported-factors', 'two-factor/recovery-codes'],
  ],
  roles: ['tenants/roles'],
  'search.member_texts': [
    ...['trigger search.add_member', 'trigger search.remove_all'],
    ...['trigger search.remove_member', 'trigger search.rename_member'],
  ],
  'search.tenant_texts': [
    ...['trigger search.add_tenant', 'trigger search.remove_tenant'],
    ...['trigger search.remove_tenants', 'trigger search.rename_tenant'],
  ],
  secret_keys: ['secret-keys/secret-keys'],
  service_account_secrets: ['service-accounts/service-accounts'],
  service_accounts: [
    'bulk-revocation/bulk-revocation',
    ...['service-accounts/service-account-states', 'service-accounts/service-accounts'],
  ],
  sessions: [
    'bulk-revocation/bulk-revocation',
    ...['sessions/direct-sign-ins', 'sessions/impersonations', 'sessions/session-reissue'],
    ...['sessions/session-rotation', 'sessions/session-switch', 'sessions/sessions'],
  ],
  signing_keys: ['sessions/signing-keys'],
  sms_alerts: ['messaging/spending/sms-spending'],
  sms_spending: ['messaging/code-recording', 'messaging/messages', 'messaging/spending/sms-spending'],
  team_members: ['tenants/team-members'],
  teams: ['groups/teams'],
  tenants: [
    'account-lifecycle/erasure/erasure',
    ...['tenants/deleted-tenants', 'tenants/imported-tenants', 'tenants/tenant-settings', 'tenants/tenants'],
  ],
  totp_factors: [
    'bulk-revocation/bulk-revocation',
    ...['two-factor/encrypted-seeds', 'two-factor/imported-factors', 'two-factor/totp-factors'],
  ],
  trusted_devices: ['bulk-revocation/bulk-revocation', 'two-factor/trusted-devices'],
  unconfirmed_notices: ['messaging/notices'],
  users: ['users/blocked-users', 'users/imported-users', 'users/leaving-users', 'users/users'],
};

const ONE_STATEMENT = 'a sign-in, a rotation or a switch is one statement, with its audit event';
/** Who writes rows of another module, because one statement holds a guarantee or the hot path. */
const FOREIGN: Record<string, string> = {
  'account-lifecycle/erasure/erasure': 'what the foreign keys of an erased person do not reach',
  'bulk-revocation/bulk-revocation': 'everything that ends after a restore, in one list',
  'sessions/direct-sign-ins': ONE_STATEMENT,
  'sessions/session-rotation': ONE_STATEMENT,
  'sessions/session-switch': ONE_STATEMENT,
  'sessions/sessions': ONE_STATEMENT,
};

/** The module of each table, which is where its entity is, and the table of each entity. */
const owners = new Map<string, string>();
const tableOf = new Map<string, string>();
for (const { file, text } of sources) {
  const [, table] = /@Entity\('(\w+)'/.exec(text) ?? [];
  const [, entity] = /export class (\w+)/.exec(text) ?? [];
  if (!table || !entity) continue;
  owners.set(table, moduleOf(shortName(file)));
  tableOf.set(entity, table);
}
const isTable = (name: string): boolean => owners.has(name) || name.includes('.');

/** The functions of the database, as the last migration of each leaves it. */
const functions = new Map<string, { body: string; isOfTrigger: boolean }>();
for (const file of readdirSync(MIGRATIONS).sort()) {
  const text = readFileSync(new URL(file, MIGRATIONS), 'utf8').replace(/^\s*--.*$/gm, '');
  for (const [, names = ''] of text.matchAll(/DROP FUNCTION ([^;]+);/g))
    for (const name of names.split(',')) functions.delete(name.trim());
  for (const part of text.split(/(?=CREATE (?:OR REPLACE )?FUNCTION )/).slice(1)) {
    const [, name = ''] = /FUNCTION ([\w.]+)\(/.exec(part) ?? [];
    const [body = ''] = part.split(part.includes('END $$') ? 'END $$' : ';');
    functions.set(name, { body, isOfTrigger: body.includes('RETURNS trigger') });
  }
}

const calls = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w.])${name.replace('.', '\\.')}\\(`).test(text);

/** The tables that a function writes, also by the functions that it calls. */
function writtenBy(name: string, callers: string[] = []): string[] {
  const { body = '' } = functions.get(name) ?? {};
  const called = [...functions.keys()].filter(
    (other) => other !== name && !callers.includes(other) && calls(body, other),
  );
  return [...writtenIn(body), ...called.flatMap((other) => writtenBy(other, [...callers, name]))];
}

function writtenIn(text: string): string[] {
  const entities = [...text.matchAll(WRITES_ENTITY)].map(([, entity = '']) => tableOf.get(entity) ?? entity);
  return [...[...text.matchAll(WRITES)].map(([, name = '']) => name).filter(isTable), ...entities];
}

/** Pairs of a table and who writes it. */
function findWriters(): [string, string][] {
  const ofCalls = [...functions].filter(([, { isOfTrigger }]) => !isOfTrigger).map(([name]) => name);
  const direct = sources
    .filter(({ file }) => !BELOW.test(file))
    .flatMap(({ file, text }) => {
      const called = ofCalls.filter((name) => calls(text, name)).flatMap((name) => writtenBy(name));
      return [...writtenIn(text), ...called].map((table): [string, string] => [table, shortName(file)]);
    });
  const ofTriggers = [...functions].filter(([, { isOfTrigger }]) => isOfTrigger);
  return [
    ...direct,
    ...ofTriggers.flatMap(([name]) =>
      writtenBy(name).map((table): [string, string] => [table, `trigger ${name}`]),
    ),
  ];
}

it('knows the owner of every table', () => {
  expect(owners.size).toBeGreaterThan(25);
  expect(functions.size).toBeGreaterThan(15);
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

it('a table is written by those who are named for it, and by nobody else', () => {
  const found: Record<string, string[]> = {};
  for (const [table, writer] of findWriters()) found[table] = [...(found[table] ?? []), writer];
  const sorted = (writers: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(writers).map(([table, names]) => [table, [...new Set(names)].sort()]));
  expect(sorted(found)).toEqual(sorted(WRITERS));
});

it('the writers of a table belong to its module, except those that are named', () => {
  const foreign = Object.entries(WRITERS).flatMap(([table, writers]) =>
    owners.has(table) ? writers.filter((writer) => moduleOf(writer) !== owners.get(table)) : [],
  );
  expect([...new Set(foreign)].sort()).toEqual(Object.keys(FOREIGN).sort());
});

it('only the sweep writes a table whose name it is given', () => {
  const composed = sources.filter(({ file, text }) => WRITES_ANY.test(text) && !BELOW.test(file));
  expect(composed.map(({ file }) => file)).toEqual(['modules/retention/housekeeping.repository.ts']);
});

it('no constructor has more than seven dependencies', () => {
  const large = sources.filter(({ text }) => {
    const [, parameters = ''] = /\n {2}constructor\(([\s\S]*?)\n {2}\) \{/.exec(text) ?? [];
    return parameters.split('\n').filter((line) => /\breadonly\b/.test(line)).length > 7;
  });
  expect(large.map(({ file }) => file)).toEqual([]);
});

/** Within src/modules, without what all names end with. */
function shortName(file: string): string {
  return file.replace(/^modules\//, '').replace(/(\.repository)?\.ts$/, '');
}

function moduleOf(name: string): string {
  return name.split('/')[0] ?? '';
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
