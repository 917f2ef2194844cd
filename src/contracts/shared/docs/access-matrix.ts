import { type Access, admitsEnrolling, admitsKeys } from '../../../access/authorize.js';
import { holds } from '../../../common/permissions.js';
import { ROLE_TEMPLATES, type RoleTemplate } from '../../../modules/tenants/role-templates.js';
import type { ContractDocument } from './documents.js';
import { type DocumentedOperation, operationsOf } from './operations.js';

const INTRODUCTION = `# Who may call what

Generated from the \`@Authorize\` line above each handler: \`npm run openapi\` writes it, and a change that is not
committed fails \`npm test\`. A row states which callers the operation accepts. They reach their own data and that of
their tenant only: an id of another tenant gets the response of an id that does not exist.

- **anonymous**: no credential. A public operation ignores an invalid one (expired, revoked, a temp token, a refresh
  token); every other operation answers 401 to it.
- **enrolling**: signed in to a tenant that requires a second factor, without having one.
- **no organisation**: signed in, without a membership in any tenant.
- **operator**: the session of an operator. It is no person's: a public operation ignores its token, every other one
  but those of operators answers 401 to it.
- **key**: an API key that has the permission among its scopes, where one is named.
- The other columns are the roles that a new tenant of that contract starts with. A custom role needs the permission
  and, if the row names a level, at least that level.
`;

const YES = 'yes';
const NO = '·';

/** A Markdown table of every operation and every kind of caller. */
export function renderAccessMatrix(documents: ContractDocument[]): string {
  return [INTRODUCTION, ...documents.map(renderContract)].join('\n');
}

function renderContract({ name, title, document }: ContractDocument): string {
  // The platform's contract creates no tenant
  const roles = ROLE_TEMPLATES[name] ?? [];
  const head = ['operation', 'permission', 'anonymous', 'operator', 'enrolling', 'no organisation', 'key'];
  const rows = operationsOf(document).map((operation) => [
    `${operation.method.toUpperCase()} ${operation.path}`,
    ...columns(operation),
    ...roles.map((role) => mark(admits(operation, role))),
  ]);
  return [`## ${title}`, '', ...table([...head, ...roles.map(({ key }) => key)], rows), ''].join('\n');
}

function columns({ access }: DocumentedOperation): string[] {
  if (!access) throw new Error('An operation has no declared access');
  const isOpen = access.kind === 'public' || access.kind === 'optional';
  return [
    wanted(access),
    mark(isOpen),
    mark(admitsOperators(access)),
    mark(admitsEnrolling(access)),
    mark(access.kind !== 'permission' && access.kind !== 'operator'),
    mark(access.kind === 'public' || admitsKeys(access)),
  ];
}

/** To an operation that ignores an invalid token, they are anonymous. */
function admitsOperators({ kind }: Access): boolean {
  return kind === 'public' || kind === 'optional' || kind === 'operator';
}

function wanted(access: Access): string {
  if (access.kind !== 'permission') return '';
  return access.level === undefined ? access.permission : `${access.permission}, level ${access.level}`;
}

function admits({ access }: DocumentedOperation, { permissions, level }: RoleTemplate): boolean {
  if (access?.kind === 'operator') return false;
  return (
    access?.kind !== 'permission' || (holds(permissions, access.permission) && level >= (access.level ?? 0))
  );
}

function mark(may: boolean): string {
  return may ? YES : NO;
}

function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
