import { me } from '../shared.js';

const area = 'roles';

/** An operation whose documented permission this account does not hold is refused before anything is read. */
async function expectMatrix(t, look, account) {
  const client = t.as(account);
  const { permissions = {} } = (await me(client)).body;
  const holds = (permission) =>
    permission.split('.').reduce((held, part) => held?.[part], permissions) === true;
  const operations = t.world
    .operations({ signedIn: true })
    .filter(({ permission }) => permission && !holds(permission));
  for (const { name, method, path, takesJson } of operations) {
    look.refused(name, await client.send(method, path, takesJson ? {} : undefined), 403);
  }
}

const matrixOf = (role, title) => ({
  id: `roles-matrix-${role}`,
  area,
  title,
  recalls: 'CVE-2026-53515 (GHSA-gv74-j8m3-fg5f) Better Auth; GHSA-rjg6, GHSA-j8v8-g9cx-5qf4',
  expected: '403 at each operation that the role has no permission for',
  budget: 120,
  run: (t, look, shared) => expectMatrix(t, look, shared[role]),
});

export const MATRIX = [
  matrixOf('user', 'A plain member at every operation of the target that requires a permission'),
  matrixOf('manager', 'A manager at every operation of the target that requires a permission managers lack'),
  matrixOf('nobody', 'A member whose role allows nothing at every operation that requires a permission'),
  {
    id: 'roles-path-variants',
    area,
    title: 'Operations that a member may not call, by other forms of their path',
    recalls: 'GHSA-vqx2-fgx2-5wq9 Clerk; GHSA-x732 / CVE-2025-71399 Better Auth',
    expected: '400, 403 or 404: guards belong to handlers, not to paths',
    run: async (t, look, { user }) => {
      const client = t.as(user);
      const variants = [
        '//tenants/current/roles',
        '/tenants//current/roles',
        '/./tenants/current/roles',
        '/tenants/./current/roles',
        '/x/../tenants/current/roles',
        '/tenants/current/roles/',
        '/tenants/current/role%73',
        '/tenants%2fcurrent%2froles',
        '/tenants/current/roles;a=b',
        '/tenants/current/roles%00',
        '/TENANTS/current/roles',
        '/tenants/current/roles.json',
        '/auth/me/..;/../tenants/current/roles',
        '/auth/login/..%2f..%2ftenants/current/roles',
        '/tenants/current/roles%23',
        '/public/../tenants/current/roles',
      ];
      for (const path of variants) look.refused(path, await client.get(path), 400, 403, 404);
    },
  },
  {
    id: 'roles-method-override',
    area,
    title: 'Another method named in a header or a parameter',
    recalls: 'GHSA-vqx2-fgx2-5wq9 Clerk (the matcher and the handler see different requests)',
    expected: 'the method of the request counts',
    run: async (t, look, { user, owner }) => {
      const client = t.as(user);
      const names = ['x-http-method-override', 'x-http-method', 'x-method-override'];
      const path = `/tenants/current/members/${owner.user.id}`;
      for (const name of names) {
        const headers = { [name]: 'DELETE' };
        look.refused(name, await client.post(path, {}, { headers }), 404, 405);
        look.answered(`${name} over GET`, await client.get(path, { headers }), 200);
      }
      look.refused('_method', await client.post(`${path}?_method=DELETE`, {}), 404, 405);
    },
  },
  {
    id: 'roles-identity-from-parameters',
    area,
    title: 'Another person named in a header, in the query or in the body',
    recalls: 'CVE-2024-22206 Clerk',
    expected: 'the identity comes from the token alone',
    run: async (t, look, { user, owner }) => {
      const client = t.as(user);
      const { id } = owner.user;
      const isSelf = (what, { body }) => look.equal(what, body.id === user.user.id, true);
      for (const name of ['x-user-id', 'x-auth-user', 'x-forwarded-user', 'x-remote-user', 'x-auth-role']) {
        isSelf(name, await client.get('/auth/me', { headers: { [name]: id } }));
      }
      for (const name of ['userId', 'user_id', 'sub', 'as', 'impersonate']) {
        isSelf(name, await client.get(`/auth/me?${name}=${id}`));
        look.refused(`${name} in the body`, await client.patch('/auth/me', { [name]: id }), 400);
      }
    },
  },
  {
    id: 'roles-same-fields',
    area,
    title:
      'A colleague by the list, by id and by a search: whether one response contains more than the others',
    recalls: 'CVE-2026-14209 (#50569), CVE-2025-13881 Keycloak',
    expected: 'the same fields for the same caller, and no secret among them',
    run: async (t, look, { user, owner }) => {
      const client = t.as(user);
      const path = '/tenants/current/members';
      const listed = (await client.get(`${path}?limit=100`)).body.data.find(({ id }) => id === owner.user.id);
      const found = (await client.get(`${path}?search=${encodeURIComponent(owner.email)}`)).body.data[0];
      const single = (await client.get(`${path}/${owner.user.id}`)).body;
      look.equal('list and id', JSON.stringify(listed), JSON.stringify(single));
      look.equal('search and id', JSON.stringify(found), JSON.stringify(single));
      const secret = Object.keys(single).filter((name) => /password|hash|secret|token/i.test(name));
      look.equal('secret fields', secret.join(), '');
    },
  },
];
