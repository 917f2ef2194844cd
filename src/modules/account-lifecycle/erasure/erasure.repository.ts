import { Injectable } from '@nestjs/common';
import type { PeopleTransaction } from '../../../database/transaction.js';

/** Who is erased. A merely claimed identifier may belong to someone else, as does what was sent to it. */
export interface ErasedPerson {
  id: string;
  email: string | null;
  verifiedEmail: string | null;
  verifiedPhone: string | null;
}

/**
 * What the foreign keys of a person do not reach. An exception to the rule that a table is written by its owner's
 * repository: these statements end one person's rows in several tables (`one_time_secrets`, `invitations`, `tenants`).
 */
@Injectable()
export class ErasureRepository {
  /** Sign-up tickets stay: they belong to whichever client verified the address. */
  async deleteSecrets(tx: PeopleTransaction, { id, email }: ErasedPerson): Promise<void> {
    await tx.execute(DELETE_SECRETS, [id, email]);
  }

  /** Deletes the invitations that the person accepted, and those sent to a verified identifier. */
  async deleteReceivedInvitations(tx: PeopleTransaction, person: ErasedPerson): Promise<void> {
    const { id, verifiedEmail, verifiedPhone } = person;
    await tx.execute(DELETE_RECEIVED_INVITATIONS, [id, verifiedEmail, verifiedPhone]);
  }

  /** Deletes the links of the tenant's invitations. */
  async deleteInvitationLinks(tx: PeopleTransaction, tenantId: string): Promise<void> {
    await tx.execute(DELETE_INVITATION_LINKS, [tenantId]);
  }

  /**
   * Deletes those of the tenants that have no other member; closed accounts do not count. Returns their ids. The caller
   * has locked the tenants.
   */
  async deleteEmptyTenants(tx: PeopleTransaction, userId: string, tenantIds: string[]): Promise<string[]> {
    const deleted = await tx.many<{ id: string }>(DELETE_EMPTY_TENANTS, [userId, tenantIds]);
    return deleted.map(({ id }) => id);
  }
}

/** $1 user, $2 e-mail or null. */
const DELETE_SECRETS = `
  DELETE FROM one_time_secrets
  WHERE (purpose <> 'signup' AND data ->> 'email' = $2)
    OR subject_id = ANY (ARRAY(
      SELECT $1::uuid UNION ALL SELECT id FROM invitations WHERE invited_by = $1
      UNION ALL SELECT id FROM email_changes WHERE user_id = $1))`;

/** $1 user, $2 e-mail or null, $3 phone or null. */
const DELETE_RECEIVED_INVITATIONS =
  'DELETE FROM invitations WHERE accepted_by = $1 OR email = $2 OR phone = $3';

/** $1 tenant. */
const DELETE_INVITATION_LINKS = `
  DELETE FROM one_time_secrets WHERE subject_id = ANY (ARRAY(SELECT id FROM invitations WHERE tenant_id = $1))`;

/** $1 user, $2 tenants. */
const DELETE_EMPTY_TENANTS = `
  WITH empty AS (
    SELECT t.id FROM tenants t
    WHERE t.id = ANY ($2::uuid[]) AND NOT EXISTS (
      SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id AND u.status <> 'closed'
      WHERE m.tenant_id = t.id AND m.user_id <> $1)
  ), links AS (
    DELETE FROM one_time_secrets WHERE subject_id = ANY (ARRAY(
      SELECT id FROM invitations WHERE tenant_id = ANY (ARRAY(SELECT id FROM empty))))
  )
  DELETE FROM tenants WHERE id IN (SELECT id FROM empty) RETURNING id`;
