import { str } from 'envalid';
import { integer, optionalInteger } from './validators.js';

/** How long the audit trail and messages are kept. */
export const RETENTION_VARIABLES = {
  /** For how many whole months after the end of a month its events are kept, by kind. */
  AUDIT_REFRESHES_MONTHS: integer({ min: 1, max: 1200, default: 3, example: '3' }),
  AUDIT_SIGN_INS_MONTHS: integer({ min: 1, max: 1200, default: 13, example: '13' }),
  AUDIT_CHANGES_MONTHS: integer({ min: 12, max: 1200, default: 84, example: '84' }),
  /** If set, a month is written to a file there before the first of its events is deleted. */
  AUDIT_ARCHIVE_DIR: str({ default: undefined, example: '/var/lib/gatehouse/audit' }),
  /** Of every message; the limits of recipients count those of the last week. */
  MESSAGES_DAYS: integer({ min: 7, max: 365, default: 30, example: '30' }),
  /** After its expiry, if that is earlier. */
  MESSAGES_EXPIRED_DAYS: optionalInteger({ min: 7, max: 365, example: '7' }),
};
