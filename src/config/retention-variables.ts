import { str } from 'envalid';
import { integer, optionalInteger } from './validators.js';

/** For how many months events of each kind can be kept, by whoever chooses it. Changes: for a year at least, so that they show who did what. */
export const AUDIT_MONTHS = { signIns: { min: 1, max: 1200 }, changes: { min: 12, max: 1200 } } as const;

/** How long the audit trail and messages are kept. */
export const RETENTION_VARIABLES = {
  /** For how many whole months after the end of a month its events are kept, by kind. */
  AUDIT_REFRESHES_MONTHS: integer({ min: 1, max: 1200, default: 3, example: '3' }),
  AUDIT_SIGN_INS_MONTHS: integer({ ...AUDIT_MONTHS.signIns, default: 13, example: '13' }),
  AUDIT_CHANGES_MONTHS: integer({ ...AUDIT_MONTHS.changes, default: 84, example: '84' }),
  /** What a tenant may choose for its own events instead. If unset: nothing else. */
  AUDIT_SIGN_INS_MIN_MONTHS: optionalInteger({ ...AUDIT_MONTHS.signIns, example: '6' }),
  AUDIT_SIGN_INS_MAX_MONTHS: optionalInteger({ ...AUDIT_MONTHS.signIns, example: '24' }),
  AUDIT_CHANGES_MIN_MONTHS: optionalInteger({ ...AUDIT_MONTHS.changes, example: '24' }),
  AUDIT_CHANGES_MAX_MONTHS: optionalInteger({ ...AUDIT_MONTHS.changes, example: '120' }),
  /** If set, a month is written to a file there before the first of its events is deleted. */
  AUDIT_ARCHIVE_DIR: str({ default: undefined, example: '/var/lib/gatehouse/audit' }),
  /** Of every message; the limits of recipients count those of the last week. */
  MESSAGES_DAYS: integer({ min: 7, max: 365, default: 30, example: '30' }),
  /** After its expiry, if that is earlier. */
  MESSAGES_EXPIRED_DAYS: optionalInteger({ min: 7, max: 365, example: '7' }),
};

/** The months that tenants may choose between include those of the server. */
export function findRetentionConflicts(
  values: Partial<Record<keyof typeof RETENTION_VARIABLES, unknown>>,
): { name: string; fault: string }[] {
  const monthsOf = (name: keyof typeof RETENTION_VARIABLES) => Number(values[name] ?? NaN);
  return (['SIGN_INS', 'CHANGES'] as const).flatMap((kind) => {
    const own = `AUDIT_${kind}_MONTHS` as const;
    const [least, most] = [`AUDIT_${kind}_MIN_MONTHS`, `AUDIT_${kind}_MAX_MONTHS`] as const;
    return [
      ...(monthsOf(least) > monthsOf(own) ? [{ name: least, fault: `may not be above ${own}` }] : []),
      ...(monthsOf(most) < monthsOf(own) ? [{ name: most, fault: `may not be below ${own}` }] : []),
    ];
  });
}
