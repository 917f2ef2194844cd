import { ACCESS_BREAKS } from './access.js';
import { ACCOUNT_BREAKS } from './account.js';
import { CLIENT_BREAKS } from './clients.js';
import { CREDENTIAL_BREAKS } from './credentials.js';
import { OPERATOR_BREAKS } from './operators.js';
import { SESSION_BREAKS } from './sessions.js';
import { SURROUNDINGS_BREAKS } from './surroundings.js';
import { TENANT_BREAKS } from './tenants.js';

/**
 * Deliberate breaks, each of one guard or statement: `lost` is the guarantee that the break removes, `tests` are the
 * files of which one must fail, `attacks` the ids of the attack pack (`scripts/attack`) that must fail where the
 * break is visible over HTTP. Every text occurs exactly once in its file (`test/structure/mutants.spec.ts`).
 */
export const BREAKS = [
  ...ACCESS_BREAKS,
  ...CREDENTIAL_BREAKS,
  ...SESSION_BREAKS,
  ...TENANT_BREAKS,
  ...ACCOUNT_BREAKS,
  ...OPERATOR_BREAKS,
  ...CLIENT_BREAKS,
  ...SURROUNDINGS_BREAKS,
];
