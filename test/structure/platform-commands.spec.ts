import { readFileSync } from 'node:fs';
import { COMMANDS } from '../../src/admin/commands.js';
import { type OpenApiDocument, operationsInPageOrder } from '../support/openapi.js';

/** What each operation of /platform is by `npm run admin`: the usage of a command, or why there is none. */
const COMMAND_OF: Record<string, string | { none: string }> = {
  getOverview: 'overview',
  listTenants: 'tenant list',
  getTenant: 'tenant show <tenant>',
  suspendTenant: 'tenant suspend <tenant>',
  restoreTenant: 'tenant restore <tenant>',
  deleteTenant: 'tenant delete <tenant>',
  undeleteTenant: 'tenant undelete <tenant>',
  findPerson: 'person show <person>',
  getPerson: 'person show <person>',
  blockPerson: 'person block <person>',
  unblockPerson: 'person unblock <person>',
  endSessionsOfPerson: 'person sign-out <person>',
  resetSecondFactor: 'person remove-second-factor <person>',
  resendVerification: 'person resend-verification <person>',
  restorePerson: 'person restore <person>',
  listSessionsOfPerson: 'session list <person>',
  revokeSession: 'session revoke <session>',
  listKeysOfPerson: 'key list <person>',
  findKey: 'key find',
  revokeKey: 'key revoke <key>',
  findLimits: 'limits show <identifier>',
  liftLimits: 'limits lift <identifier>',
  findMessages: 'messages list <identifier>',
  listAuditRecords: 'audit list',
  impersonate: { none: 'a command has no session, with which it would end' },
  endImpersonation: { none: 'an operator ends only their own; session revoke ends any' },
  ...Object.fromEntries(
    ['readEnrolment', 'confirmEnrolment', 'signInOperator', 'signOutOperator', 'getOperator'].map((own) => [
      own,
      { none: 'the operator’s own account and session, which a command does without' },
    ]),
  ),
};

const document = JSON.parse(readFileSync('openapi/platform.json', 'utf8')) as OpenApiDocument;
const operations = operationsInPageOrder(document);
const usages = COMMANDS.map(({ usage }) => usage);

it('every operation of /platform is a command, or the table says why not', () => {
  expect(operations.length).toBeGreaterThan(25);
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(COMMAND_OF).sort());
  const named = Object.values(COMMAND_OF).filter((command) => typeof command === 'string');
  expect(named.filter((command) => !usages.includes(command))).toEqual([]);
});

it('a command wants a reason where its operation does, and only there', () => {
  const wanting = (operationId: string): boolean => {
    const operation = operations.find((one) => one.operationId === operationId);
    const { schema } = operation?.requestBody?.content['application/json'] ?? {};
    const name = schema?.$ref?.split('/').at(-1) ?? '';
    return 'reason' in (document.components.schemas[name]?.properties ?? {});
  };
  const differing = Object.entries(COMMAND_OF).filter(
    ([operationId, usage]) =>
      typeof usage === 'string' &&
      COMMANDS.find((command) => command.usage === usage)?.explained !== wanting(operationId),
  );
  expect(differing).toEqual([]);
  expect(wanting('blockPerson')).toBe(true);
});

it('docs/operators.md names every command', () => {
  const text = readFileSync('docs/operators.md', 'utf8');
  const words = usages.map((usage) => usage.replace(/ <.*/, ''));
  const documented = words.filter((word) => text.includes(`admin -- ${word}`));
  expect(words.filter((word) => !documented.includes(word) && !BESIDE.includes(word))).toEqual([]);
});

/** Described elsewhere. */
const BESIDE = [
  ...['service-account create', 'service-account list', 'service-account rotate', 'service-account revoke'],
  ...['export'],
];
