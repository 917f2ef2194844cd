import { CODES } from './codes/index.js';
import { ENUMERATION } from './enumeration/index.js';
import { INPUT } from './input/index.js';
import { INVITATIONS } from './invitations/index.js';
import { KEYS } from './keys/index.js';
import { LIMITS } from './limits/index.js';
import { MESSAGES } from './messages/index.js';
import { RECOVERY } from './recovery/index.js';
import { ROLES } from './roles/index.js';
import { SECOND_FACTOR } from './second-factor/index.js';
import { TENANCY } from './tenancy/index.js';
import { TOKENS } from './tokens/index.js';

/** Every case, by what it attacks. */
export const AREAS = [
  TOKENS,
  CODES,
  SECOND_FACTOR,
  ENUMERATION,
  RECOVERY,
  TENANCY,
  ROLES,
  KEYS,
  INVITATIONS,
  INPUT,
  LIMITS,
  MESSAGES,
];
