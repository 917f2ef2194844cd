import { member, tenant } from '../../world/people.js';
import { LEVELS } from './levels.js';
import { RECIPIENTS } from './recipients.js';
import { SECRETS } from './secrets.js';

async function setUp(t) {
  const owner = await tenant(t);
  const [manager, user] = await Promise.all([member(t, owner, 'manager'), member(t, owner, 'user')]);
  return { owner, manager, user };
}

export const INVITATIONS = { name: 'invitations', setUp, cases: [...SECRETS, ...RECIPIENTS, ...LEVELS] };
