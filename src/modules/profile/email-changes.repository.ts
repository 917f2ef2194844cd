import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { EmailChangeEntity } from './entities/email-change.entity.js';

/** The claim of the previous holder, which a revert link stands for. */
export interface EmailChange {
  id: string;
  userId: string;
  /** Null if there was no verified old address; then the verified phone was notified. */
  oldEmail: string | null;
  heldSince: Date;
}

export interface RecordedChange extends EmailChange {
  newEmail: string;
  /** In which the change can be reverted. */
  seconds: number;
  /** False: only requested. */
  isDone: boolean;
}

/**
 * Changes of e-mail addresses that can be reverted. A claim is as old as the address has been the account's; one that
 * the account holds again counts as held since the first time.
 */
@Injectable()
export class EmailChangesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Returns the id that the revert link refers to: for a change requested earlier, that of the request. Null if the old
   * address was overruled.
   */
  async record(tx: Transaction, change: RecordedChange): Promise<string | null> {
    const { id, userId, oldEmail, heldSince, newEmail, seconds, isDone } = change;
    const values = [id, userId, oldEmail, heldSince, newEmail, seconds, isDone];
    const recorded = await tx.one<{ id: string }>(RECORD_CHANGE, values);
    return recorded?.id ?? null;
  }

  find(id: string): Promise<EmailChange | null> {
    const select = { id: true, userId: true, oldEmail: true, heldSince: true } as const;
    return this.database.autocommit.manager.findOne(EmailChangeEntity, { select, where: { id } });
  }

  /** The claims that are not older than this, and when the first of the changes that they may revert was requested. */
  async readClaimsSince(
    tx: Transaction,
    { userId, heldSince }: Pick<EmailChange, 'userId' | 'heldSince'>,
  ): Promise<{ ids: string[]; requestedAt: Date | null }> {
    const claims = await tx.one<{ ids: string[]; requestedAt: Date | null }>(READ_CLAIMS_SINCE, [
      userId,
      heldSince,
    ]);
    return claims ?? { ids: [], requestedAt: null };
  }

  /** Since when the account has had the address, which was verified at `verifiedAt`. */
  async readHeldSince(tx: Transaction, userId: string, email: string, verifiedAt: Date): Promise<Date> {
    const held = await tx.one<{ heldSince: Date }>(READ_HELD_SINCE, [userId, email, verifiedAt]);
    return held?.heldSince ?? verifiedAt;
  }

  /**
   * Overrules the addresses that came by a change after this claim, and that have no link yet; `email` is the address of
   * the claim, if it is one. Returns the ids of the younger claims that came by a change. The original address is not
   * among them: its link may be the owner's only recovery from what an attacker enabled.
   */
  async overruleSince(
    tx: Transaction,
    { userId, since, email }: { userId: string; since: Date; email: string | null },
  ): Promise<string[]> {
    const younger = await tx.many<{ id: string }>(OVERRULE_SINCE, [userId, since, email]);
    return younger.map(({ id }) => id);
  }
}

/**
 * $1 id, $2 user, $3 old e-mail or null, $4 since when it has been held, $5 new e-mail, $6 seconds, $7 whether the
 * change is done (true) or only requested (false).
 */
const RECORD_CHANGE = `
  WITH entitled AS (
    SELECT 1 WHERE NOT EXISTS (
      SELECT 1 FROM email_changes WHERE user_id = $2 AND new_email = $3 AND overruled_at IS NOT NULL)
  ), done AS (
    UPDATE email_changes SET changed_at = now(), expires_at = now() + make_interval(secs => $6::float8)
    WHERE $7::boolean AND EXISTS (SELECT 1 FROM entitled) AND id = (
      SELECT id FROM email_changes
      WHERE user_id = $2 AND old_email IS NOT DISTINCT FROM $3::text AND new_email = $5 AND changed_at IS NULL
      ORDER BY requested_at DESC, id DESC LIMIT 1)
    RETURNING id
  ), added AS (
    INSERT INTO email_changes (id, user_id, old_email, held_since, came_by_change, new_email, changed_at, expires_at)
    SELECT $1::uuid, $2::uuid, $3::text,
      LEAST($4::timestamptz, (SELECT min(held_since) FROM email_changes
                              WHERE user_id = $2 AND old_email IS NOT DISTINCT FROM $3::text)),
      EXISTS (SELECT 1 FROM email_changes WHERE user_id = $2 AND new_email = $3 AND changed_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM email_changes WHERE user_id = $2 AND old_email = $3 AND NOT came_by_change),
      $5::text, CASE WHEN $7::boolean THEN now() END, now() + make_interval(secs => $6::float8)
    FROM entitled WHERE NOT EXISTS (SELECT 1 FROM done)
    RETURNING id
  )
  SELECT id FROM done UNION ALL SELECT id FROM added`;

/** $1 user, $2 start of the older claim. */
const READ_CLAIMS_SINCE = `
  SELECT COALESCE(array_agg(id), '{}')::text[] AS ids,
    min(requested_at) FILTER (WHERE expires_at > now()) AS "requestedAt"
  FROM email_changes WHERE user_id = $1 AND held_since >= $2`;

/** $1 user, $2 e-mail, $3 since when it is verified. */
const READ_HELD_SINCE = `
  SELECT LEAST($3::timestamptz, min(held_since)) AS "heldSince" FROM email_changes WHERE user_id = $1 AND old_email = $2`;

/** $1 user, $2 start of the older claim, $3 its e-mail address or null. */
const OVERRULE_SINCE = `
  WITH overruled AS (
    UPDATE email_changes c SET overruled_at = now()
    WHERE c.user_id = $1 AND c.changed_at > $2 AND c.new_email IS DISTINCT FROM $3::text AND c.overruled_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM email_changes o WHERE o.user_id = $1 AND o.old_email = c.new_email AND NOT o.came_by_change)
  )
  SELECT id FROM email_changes WHERE user_id = $1 AND held_since > $2 AND came_by_change`;
