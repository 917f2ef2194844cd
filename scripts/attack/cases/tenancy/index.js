import { sampleTenant } from '../../world/sample-tenant.js';
import { BY_ID } from './by-id.js';
import { BY_LIST } from './by-list.js';
import { BY_REFERENCE } from './by-reference.js';
import { MEMBERSHIP } from './membership.js';

export const TENANCY = {
  name: 'tenancy',
  /** Two tenants with an object of every kind, created at the same time, so that their rows and ids alternate. */
  setUp: async (t) => {
    const [mine, theirs] = await Promise.all([sampleTenant(t), sampleTenant(t)]);
    return { mine, theirs };
  },
  cases: [...BY_ID, ...BY_REFERENCE, ...BY_LIST, ...MEMBERSHIP],
};
