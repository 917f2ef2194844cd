import { uniqueKey, uniqueName } from '../../world/names.js';

const area = 'roles';
const change = (client, { user }, body) => client.patch(`/tenants/current/members/${user.id}`, body);
const role = (level, permissions = {}) => ({
  key: uniqueKey().slice(0, 40),
  name: uniqueName('role'),
  level,
  permissions,
});

export const UNKNOWN_NAMES = [
  {
    id: 'roles-unknown',
    area,
    title: 'Unknown roles for a member: made up, of another contract, empty, a list, an object',
    recalls: 'better-auth#9962 (unknown role names were stored)',
    expected: '400',
    run: async (t, look, { owner, user }) => {
      const client = t.as(owner);
      for (const name of [
        'superadmin',
        'OWNER',
        'Admin',
        'admin ',
        '',
        '*',
        'admin,user',
        ['admin'],
        { key: 'admin' },
        null,
        1,
        '__proto__',
      ]) {
        look.refused(JSON.stringify(name), await change(client, user, { role: name }), 400);
      }
    },
  },
  {
    id: 'roles-strange-permissions',
    area,
    title: 'Unknown permissions, names of the prototype, and values that are neither true nor false',
    recalls: 'CVE-2026-42349 / GHSA-w24r Clerk (combined conditions answered true)',
    expected: '400, or nothing of it is stored',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const maps = [
        { unknown: { view: true } },
        { leads: { fly: true } },
        { leads: { view: 'true' } },
        { leads: { view: 1 } },
        { leads: true },
        { '*': { '*': true } },
        { constructor: { view: true } },
        ['leads.view'],
        'all',
        null,
      ];
      for (const permissions of maps) {
        const { status, body } = await client.post('/tenants/current/roles', { ...role(5), permissions });
        const isKept = status !== 400 && JSON.stringify(body.permissions) !== '{}';
        look.holds(
          `${JSON.stringify(permissions)}: ${status}`,
          !isKept,
          status === 400 ? '400' : 'nothing stored',
        );
      }
      const raw = `{"key":"attack-proto","name":"Attack","level":5,"permissions":{"__proto__":{"view":true}}}`;
      look.refused('__proto__', await client.post('/tenants/current/roles', raw), 400);
    },
  },
  {
    id: 'roles-strange-questions',
    area,
    title: 'Queries for permissions with unknown, inherited, empty or several names',
    recalls: 'CVE-2026-42349 / GHSA-w24r Clerk',
    expected: '400, or not allowed',
    run: async (t, look, { nobody }) => {
      const client = t.as(nobody);
      const asks = [
        { resource: 'leads', action: 'view' },
        { resource: 'constructor', action: 'name' },
        { resource: '__proto__', action: 'toString' },
        { resource: 'leads', action: 'hasOwnProperty' },
        { resource: ['leads', 'members'], action: 'view' },
        { resource: 'leads', action: ['view', 'edit'] },
        { resource: '', action: '' },
        { resource: '*', action: '*' },
        { resource: 'leads' },
        {},
      ];
      for (const ask of asks) {
        const { status, body } = await client.post('/auth/authorize', ask);
        look.holds(
          `${JSON.stringify(ask)}: ${status} ${JSON.stringify(body)}`,
          status === 400 || body.allowed === false,
          status === 400 ? '400' : 'not allowed',
        );
      }
    },
  },
  {
    id: 'roles-fixed-columns',
    area,
    title: 'Columns that belong to the server, for a member, a role and the tenant',
    recalls: 'better-auth#9974 (mass assignment)',
    expected: '400',
    run: async (t, look, { owner, user, lowRole }) => {
      const client = t.as(owner);
      for (const field of [
        'status',
        'roleLevel',
        'level',
        'permissions',
        'email',
        'emailVerified',
        'tenantId',
        'userId',
        'joinedAt',
        'twoFactorEnabled',
      ]) {
        look.refused(`member ${field}`, await change(client, user, { [field]: true }), 400);
      }
      for (const field of ['id', 'key', 'tenantId', 'memberCount', 'createdAt']) {
        look.refused(
          `role ${field}`,
          await client.patch(`/tenants/current/roles/${lowRole.id}`, { [field]: 'x' }),
          400,
        );
      }
      for (const field of ['id', 'slug', 'status', 'plan', 'createdAt', 'ownerId']) {
        look.refused(`tenant ${field}`, await client.patch('/tenants/current', { [field]: 'x' }), 400);
      }
    },
  },
];
