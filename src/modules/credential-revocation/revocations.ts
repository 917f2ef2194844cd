import type { SecretPurpose } from '../secrets/secrets.repository.js';
import type { EndReason } from '../sessions/sessions.service.js';

/**
 * What becomes of each kind of credential of a person. Sessions, pending sign-ins and trusted devices end in any case,
 * with their tokens.
 */
export interface Revocation {
  password: 'keep' | 'remove';
  /** `enable`: keep it, and enable it again if failures had disabled it. `remove`: with the recovery codes. */
  secondFactor: 'keep' | 'enable' | 'remove';
  /**
   * `recent`: those that somebody else may have created or read. `all`: every key. Both are recorded key by key, but for
   * `unrecorded`: every key, which the event itself counts.
   */
  apiKeys: 'keep' | 'recent' | 'all' | 'unrecorded';
  /** The outstanding links, by purpose. */
  links: 'all' | readonly SecretPurpose[];
  /** One-time codes that were sent: to the person's own identifiers, or also to the pending address. */
  codes: 'keep' | 'own' | 'own-and-pending';
}

/**
 * The events that revoke a person's credentials. Each states every kind: a kind that is added to `Revocation` does not
 * compile until all of them have decided about it.
 */
export const REVOCATIONS = {
  /** Password and second factor stay: neither signs in while the account is not active. */
  account_left: {
    password: 'keep',
    secondFactor: 'keep',
    apiKeys: 'unrecorded',
    links: ['password-reset', 'email-verification'],
    codes: 'own-and-pending',
  },
  account_taken_over: {
    password: 'remove',
    secondFactor: 'remove',
    apiKeys: 'all',
    links: 'all',
    codes: 'own-and-pending',
  },
  email_change_reverted: {
    password: 'remove',
    secondFactor: 'remove',
    apiKeys: 'recent',
    links: ['password-reset', 'email-verification', 'account-restoration'],
    codes: 'own-and-pending',
  },
  /**
   * What is kept works for nobody while the account is blocked. Sessions and codes do not come back when that ends: they
   * may be those of whoever was the reason.
   */
  person_blocked: {
    password: 'keep',
    secondFactor: 'keep',
    apiKeys: 'keep',
    links: ['password-reset', 'email-verification'],
    codes: 'own-and-pending',
  },
  password_changed: {
    password: 'keep',
    secondFactor: 'keep',
    apiKeys: 'keep',
    links: ['password-reset'],
    codes: 'own',
  },
  password_recovered: {
    password: 'keep',
    secondFactor: 'enable',
    apiKeys: 'recent',
    links: ['password-reset'],
    codes: 'own',
  },
  /** The link that takes a change of the e-mail address back stays: the owner may need it now. */
  signed_out_by_operator: {
    password: 'keep',
    secondFactor: 'keep',
    apiKeys: 'all',
    links: ['password-reset', 'email-verification'],
    codes: 'own-and-pending',
  },
  two_factor_reset: {
    password: 'keep',
    secondFactor: 'remove',
    apiKeys: 'keep',
    links: [],
    codes: 'keep',
  },
} as const satisfies Partial<Record<EndReason, Revocation>>;

export type RevokingEvent = keyof typeof REVOCATIONS;
