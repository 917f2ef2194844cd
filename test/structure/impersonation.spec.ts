import { readdirSync, readFileSync } from 'node:fs';
import type { OpenApiDocument } from '../support/openapi.js';

const operations = readdirSync('openapi')
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { paths } = JSON.parse(readFileSync(`openapi/${name}`, 'utf8')) as OpenApiDocument;
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-access': access }]) => ({ path, method, access })),
    );
  })
  .filter(({ access: { kind } }) => kind !== 'public' && kind !== 'operator')
  .map(({ access, ...operation }) => ({
    ...operation,
    impersonation: 'impersonation' in access ? access.impersonation : undefined,
  }));

/** What an operator in the place of a person never does, whatever the tenant’s policy. */
const NEVER =
  /password|2fa|backup-codes|trusted-devices|api-keys|service-accounts|sessions|export|switch-org|transfer|refresh|logout|introspect|invite|otp|verify-email|departments$|\/organisations\/|suspend|restore/;
/** Who may do what, and the policies themselves. */
const RIGHTS = /\/tenants\/current($|\/(roles|members|invitations|departments))/;
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

it('each operation that writes says whether an operator may call it in the place of a person', () => {
  const writing = operations.filter(({ method }) => method !== 'get');
  expect(writing.length).toBeGreaterThan(50);
  expect(writing.filter(({ impersonation }) => impersonation === undefined).map(nameOf)).toEqual([]);
});

it('no operator gives or takes credentials, rights, exports or deletions in the place of a person', () => {
  const closed = operations.filter(({ path, method }) => {
    const isRead = method === 'get';
    if (isRead) return /2fa|trusted-devices|api-keys|service-accounts|\/sessions|export/.test(path);
    return NEVER.test(path) || RIGHTS.test(path) || /\/me$/.test(path);
  });
  expect(closed.length).toBeGreaterThan(50);
  const open = closed.filter(({ impersonation = 'never' }) => impersonation !== 'never');
  expect(open.map(nameOf)).toEqual([]);
});

it('an operator changes this much in the place of a person, where the tenant allows it, and nothing else', () => {
  const open = operations.filter(
    ({ method, impersonation }) =>
      impersonation === 'write' || (impersonation === 'read' && method !== 'get'),
  );
  expect(open.map((one) => [nameOf(one), one.impersonation]).sort()).toEqual([
    ['delete /auth/me/avatar', 'write'],
    ['delete /tenants/current/teams/{id}/members/{memberId}', 'write'],
    ['patch /tenants/current/teams/{id}', 'write'],
    ['post /auth/authorize', 'read'],
    ['post /tenants/current/teams', 'write'],
    ['put /auth/me/avatar', 'write'],
    ['put /tenants/current/teams/{id}/members/{memberId}', 'write'],
  ]);
});
