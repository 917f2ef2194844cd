import type { Config } from '../../config/config.js';
import type { AuditKind } from './audit-kinds.js';

/** For how many whole months after the end of a month its events of one kind are kept. */
export interface AuditMonths {
  /** Where a tenant has chosen nothing. */
  months: number;
  /** Of what a tenant may choose. */
  least: number;
  /** Of what a tenant may choose. */
  most: number;
}

/** What the server is configured to keep, by kind. Without bounds of their own, tenants have no choice. */
export function auditMonthsOf(config: Config): Readonly<Record<AuditKind, AuditMonths>> {
  const {
    AUDIT_REFRESHES_MONTHS: refreshes,
    AUDIT_SIGN_INS_MONTHS: signIns,
    AUDIT_CHANGES_MONTHS: changes,
  } = config;
  return {
    refreshes: { months: refreshes, least: refreshes, most: refreshes },
    'sign-ins': {
      months: signIns,
      least: config.AUDIT_SIGN_INS_MIN_MONTHS ?? signIns,
      most: config.AUDIT_SIGN_INS_MAX_MONTHS ?? signIns,
    },
    changes: {
      months: changes,
      least: config.AUDIT_CHANGES_MIN_MONTHS ?? changes,
      most: config.AUDIT_CHANGES_MAX_MONTHS ?? changes,
    },
  };
}

/** What a tenant has chosen, moved into the bounds: they may have become narrower since. Null: it has chosen nothing. */
export function keptMonths({ months, least, most }: AuditMonths, chosen: number | null): number {
  return chosen === null ? months : Math.min(Math.max(chosen, least), most);
}
