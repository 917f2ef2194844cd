import { demand } from '../../world/demand.js';
import { uniqueKey, uniqueName } from '../../world/names.js';
import { member, tenant } from '../../world/people.js';
import { ESCALATION } from './escalation.js';
import { OWNERSHIP } from './ownership.js';
import { MATRIX } from './matrix.js';
import { UNKNOWN_NAMES } from './unknown-names.js';

const EDITOR = {
  roles: { view: true, create: true, edit: true, delete: true },
  departments: { view: true, create: true, edit: true, delete: true },
  members: { view: true, edit: true, delete: true },
  leads: { view: true },
};

async function createRole(owner, level, permissions) {
  const body = { key: uniqueKey().slice(0, 40), name: uniqueName('role'), level, permissions };
  return demand(await owner.client.post('/tenants/current/roles', body), 201).body;
}

/** One tenant with a member of each rank. */
async function setUp(t) {
  const owner = await tenant(t);
  const editorRole = await createRole(owner, 60, EDITOR);
  const lowRole = await createRole(owner, 5, {});
  const [manager, peer, user, editor, nobody] = await Promise.all([
    member(t, owner, 'manager'),
    member(t, owner, 'manager'),
    member(t, owner, 'user'),
    member(t, owner, editorRole.key),
    member(t, owner, lowRole.key),
  ]);
  const { data } = demand(await owner.client.get('/tenants/current/roles?limit=100'), 200).body;
  const adminRole = data.find(({ key }) => key === 'admin');
  const body = { name: uniqueName('department'), roleKey: 'admin' };
  const adminDepartment = demand(await owner.client.post('/tenants/current/departments', body), 201).body;
  return { owner, manager, peer, user, editor, nobody, editorRole, lowRole, adminRole, adminDepartment };
}

export const ROLES = {
  name: 'roles',
  setUp,
  cases: [...MATRIX, ...ESCALATION, ...UNKNOWN_NAMES, ...OWNERSHIP],
};
