import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';

type Kind = Identifier['kind'];

/** A member, with the address to notify them. */
export interface BroughtIn {
  tenantId: string;
  userId: string;
  email: string | null;
  firstName: string;
}

/**
 * Reads and locks everybody whom the verification of a claimed identifier can concern, and writes nothing. The claimant
 * is the account to take over: it claims the identifier and has verified none.
 */
@Injectable()
export class ClaimsRepository {
  /** Locks the claimant's tenants, and another one if it is given, in the order of ids, as everywhere. */
  async lockTenants(
    tx: PeopleTransaction,
    { kind, value }: Identifier,
    tenantId: string | null,
  ): Promise<void> {
    await tx.execute(LOCK_TENANTS[kind], [value, tenantId]);
  }

  /**
   * Locks the holder of the identifier, the members the claimant brought in, and another user if one is given, in the
   * order of ids.
   */
  async lockPeople(tx: PeopleTransaction, { kind, value }: Identifier, userId: string | null): Promise<void> {
    await tx.execute(LOCK_PEOPLE[kind], [value, userId]);
  }

  /**
   * The members who joined one of the user's tenants by an invitation of theirs, or of someone they had brought in,
   * transitively. In the order of ids.
   */
  listBroughtIn(tx: PeopleTransaction, userId: string): Promise<BroughtIn[]> {
    return tx.many<BroughtIn>(LIST_BROUGHT_IN, [userId]);
  }
}

/** `inviter` selects one user's id. The invitation accepted last is the one that counts. */
const broughtIn = (inviter: string) => `
  WITH RECURSIVE inviter AS (${inviter}), entry AS (
    SELECT DISTINCT ON (i.tenant_id, i.accepted_by) i.tenant_id, i.accepted_by AS user_id, i.invited_by
    FROM invitations i
    WHERE i.accepted_at IS NOT NULL AND i.accepted_by IS NOT NULL
      AND i.tenant_id IN (SELECT tenant_id FROM memberships WHERE user_id IN (SELECT id FROM inviter))
    ORDER BY i.tenant_id, i.accepted_by, i.accepted_at DESC, i.id DESC
  ), brought AS (
    SELECT tenant_id, user_id FROM entry WHERE invited_by IN (SELECT id FROM inviter)
    UNION
    SELECT e.tenant_id, e.user_id FROM entry e
    JOIN brought b ON b.tenant_id = e.tenant_id AND b.user_id = e.invited_by
  )
  SELECT m.tenant_id, m.user_id FROM brought b
  JOIN memberships m ON m.tenant_id = b.tenant_id AND m.user_id = b.user_id
  WHERE m.user_id NOT IN (SELECT id FROM inviter)`;

/** $1 identifier. */
const claimant = (kind: Kind) =>
  `SELECT u.id FROM users u WHERE u.${kind} = $1 AND NOT ${hasVerifiedAnyIn('u')}`;

/** $1 identifier, $2 another tenant, or null. */
const lockTenants = (kind: Kind) => `
  SELECT t.id FROM tenants t
  WHERE t.id IN (
    SELECT $2::uuid UNION SELECT tenant_id FROM memberships WHERE user_id IN (${claimant(kind)}))
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/** $1 identifier, $2 another user, or null. */
const lockPeople = (kind: Kind) => `
  SELECT u.id FROM users u
  WHERE u.id IN (
    SELECT $2::uuid UNION SELECT id FROM users WHERE ${kind} = $1
    UNION SELECT user_id FROM (${broughtIn(claimant(kind))}) AS brought)
  ORDER BY u.id FOR NO KEY UPDATE OF u`;

const LOCK_TENANTS = {
  email: { name: 'lock-tenants-of-claimant-by-email', text: lockTenants('email') },
  phone: { name: 'lock-tenants-of-claimant-by-phone', text: lockTenants('phone') },
};
const LOCK_PEOPLE = {
  email: { name: 'lock-people-of-claim-by-email', text: lockPeople('email') },
  phone: { name: 'lock-people-of-claim-by-phone', text: lockPeople('phone') },
};

/** $1 user. */
const LIST_BROUGHT_IN = `
  SELECT b.tenant_id AS "tenantId", b.user_id AS "userId", u.email, u.first_name AS "firstName"
  FROM (${broughtIn('SELECT $1::uuid AS id')}) AS b JOIN users u ON u.id = b.user_id
  ORDER BY b.user_id, b.tenant_id`;
