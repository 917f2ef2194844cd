import { type Access, admitsEnrolling, admitsKeys } from '../../../access/authorize.js';
import { holds } from '../../../common/permissions.js';
import {
  ROLE_TEMPLATES,
  type RoleTemplate,
  type RoleTemplateName,
} from '../../../modules/tenants/role-templates.js';
import type { ContractDocument } from './documents.js';
import { type DocumentedOperation, operationsOf } from './operations.js';

const INTRODUCTION = `# Who may call what

Generated from the \`@Authorize\` line above each handler: \`npm run openapi\` writes it, and a change that is not
committed fails \`npm test\`. Read a row as: of these callers, who gets past the door. What they reach behind it is their
own and their tenant's: anything of another tenant is answered like an id that does not exist.

- **anonymous**: no credential, or one that is spent (expired, revoked, a temp token, a refresh token) where the
  operation asks for none; where it asks for one, these are 401 like a wrong one.
- **enrolling**: signed in to an organisation that requires a second factor, without having one.
- **no organisation**: signed in, a member of none at the moment.
- **key**: an API key that has the permission among its scopes, where one is named.
- The other columns are the roles a new organisation of that contract starts with; custom roles follow the permission
  and, where the row names a level, need that one at least.
`;

const YES = 'yes';
const NO = '·';

/** The table of every operation and every kind of caller, as Markdown. */
export function renderAccessMatrix(documents: ContractDocument[]): string {
  return [INTRODUCTION, ...documents.map(renderContract)].join('\n');
}

function renderContract({ name, title, document }: ContractDocument): string {
  const roles = ROLE_TEMPLATES[name as RoleTemplateName];
  const head = ['operation', 'permission', 'anonymous', 'enrolling', 'no organisation', 'key'];
  const rows = operationsOf(document).map((operation) => [
    `${operation.method.toUpperCase()} ${operation.path}`,
    ...verdicts(operation),
    ...roles.map((role) => mark(admits(operation, role))),
  ]);
  return [`## ${title}`, '', ...table([...head, ...roles.map(({ key }) => key)], rows), ''].join('\n');
}

function verdicts({ access }: DocumentedOperation): string[] {
  if (!access) throw new Error('An operation does not say who may call it');
  const isOpen = access.kind === 'public' || access.kind === 'optional';
  return [
    wanted(access),
    mark(isOpen),
    mark(admitsEnrolling(access)),
    mark(access.kind !== 'permission'),
    mark(access.kind === 'public' || admitsKeys(access)),
  ];
}

function wanted(access: Access): string {
  if (access.kind !== 'permission') return '';
  return access.level === undefined ? access.permission : `${access.permission}, level ${access.level}`;
}

function admits({ access }: DocumentedOperation, { permissions, level }: RoleTemplate): boolean {
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
