import { mark } from './names.js';

const COLLECTIONS = [
  {
    path: '/tenants/current/invitations',
    query: '?state=open&limit=100',
    nameOf: ({ email, phone }) => email ?? phone,
  },
  { path: '/auth/api-keys', query: '?limit=100', nameOf: ({ name }) => name },
  { path: '/tenants/current/roles', query: '?limit=100', nameOf: ({ name }) => name },
  { path: '/tenants/current/departments', query: '?limit=100', nameOf: ({ name }) => name },
  { path: '/tenants/current/teams', query: '?limit=100', nameOf: ({ name }) => name },
];

/**
 * Removes what an attack that got through has left in the operator's organisation, by this run's mark in its name.
 */
export async function sweepHome(scope) {
  const { home } = scope;
  if (!home?.accessToken) return;
  const client = scope.as(home);
  for (const { path, query, nameOf } of COLLECTIONS) {
    const { body } = await client.get(`${path}${query}`);
    const ours = (body.data ?? []).filter((one) => nameOf(one)?.includes(mark));
    for (const { id } of ours) await client.delete(`${path}/${id}`);
  }
}
