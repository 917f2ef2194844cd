import { AUDIT_COMMANDS } from './audit-commands.js';
import type { Command } from './command.js';
import { DOCTOR } from './doctor-command.js';
import { KEY_COMMANDS } from './key-commands.js';
import { LIMITS_COMMANDS } from './limits-commands.js';
import { MESSAGES_COMMANDS } from './messages-commands.js';
import { OPERATOR_COMMANDS } from './operator-commands.js';
import { OVERVIEW } from './overview-command.js';
import { PERSON_COMMANDS } from './person-commands.js';
import { SERVICE_ACCOUNT_COMMANDS } from './service-account-commands.js';
import { SESSION_COMMANDS } from './session-commands.js';
import { TENANT_COMMANDS } from './tenant-commands.js';
import { TRANSFER_COMMANDS } from './transfer-commands.js';

/** Every command of `npm run admin`, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  OVERVIEW,
  ...TENANT_COMMANDS,
  ...PERSON_COMMANDS,
  ...SESSION_COMMANDS,
  ...KEY_COMMANDS,
  ...LIMITS_COMMANDS,
  ...MESSAGES_COMMANDS,
  ...AUDIT_COMMANDS,
  ...OPERATOR_COMMANDS,
  ...SERVICE_ACCOUNT_COMMANDS,
  ...TRANSFER_COMMANDS,
  DOCTOR,
];
