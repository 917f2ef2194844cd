import { demand } from '../../world/demand.js';
import { uniqueKey, uniqueName } from '../../world/names.js';
import { member, tenant } from '../../world/people.js';
import { CREATION } from './creation.js';
import { DISCLOSURE } from './disclosure.js';
import { USE } from './use.js';

/** A tenant with an owner, a manager, a user, and a member whose role allows nothing. */
async function setUp(t) {
  const owner = await tenant(t);
  const body = { key: uniqueKey().slice(0, 40), name: uniqueName('role'), level: 5, permissions: {} };
  const lowRole = demand(await owner.client.post('/tenants/current/roles', body), 201).body;
  const [manager, user, nobody] = await Promise.all([
    member(t, owner, 'manager'),
    member(t, owner, 'user'),
    member(t, owner, lowRole.key),
  ]);
  return { owner, manager, user, nobody, lowRole };
}

export const KEYS = { name: 'keys', setUp, cases: [...CREATION, ...USE, ...DISCLOSURE] };
