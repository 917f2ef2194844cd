import { Injectable } from '@nestjs/common';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';

export interface ImportedUser {
  id: string;
  externalId: string;
  email: string | null;
  phone: string | null;
  emailVerified: boolean;
  phoneVerified: boolean;
  firstName: string;
  lastName: string;
  createdAt: string | null;
}

/** People who come from another system, many in one statement. */
@Injectable()
export class ImportedUsersRepository {
  /** Returns the ids of those that were added: not of one whose external id or identifier anybody has. */
  async insertAll(tx: Transaction, users: ImportedUser[]): Promise<Set<string>> {
    const rows = await tx.many<{ id: string }>(INSERT_ALL, [JSON.stringify(users)]);
    return new Set(rows.map(({ id }) => id));
  }

  /** The ids of the people who were imported before, by their external id. */
  async findImported(tx: Transaction, externalIds: string[]): Promise<Map<string, string>> {
    const rows = await tx.many<{ externalId: string; id: string }>(FIND_IMPORTED, [externalIds]);
    return new Map(rows.map(({ externalId, id }) => [externalId, id]));
  }

  /** Those of the identifiers that any account holds, verified or not. */
  async findTaken(tx: Transaction, emails: string[], phones: string[]): Promise<Set<string>> {
    const rows = await tx.many<{ value: string }>(FIND_TAKEN, [emails, phones]);
    return new Set(rows.map(({ value }) => value));
  }

  async countActive(tx: PeopleTransaction): Promise<number> {
    return (await tx.one<{ n: number }>(COUNT_ACTIVE))?.n ?? 0;
  }

  /** People with their memberships, in the order of their ids, after this one. */
  page(tx: PeopleTransaction, after: string, limit: number): Promise<ExportedUser[]> {
    return tx.many<ExportedUser>(PAGE, [after, limit]);
  }
}

/** A person for an export; absent members are null. */
export interface ExportedUser extends Omit<ImportedUser, 'externalId'> {
  externalId: string | null;
  createdAt: string;
  memberships: { tenant: string; role: string; status: 'active' | 'suspended' }[];
  hash: string | null;
  imported: Buffer | null;
  seed: Buffer | null;
}

/** $1 a JSON array of ImportedUser. */
const INSERT_ALL = `
  INSERT INTO users (id, external_id, email, phone, email_verified_at, phone_verified_at, first_name, last_name, created_at)
  SELECT id, "externalId", email, phone, CASE WHEN "emailVerified" THEN now() END,
    CASE WHEN "phoneVerified" THEN now() END, "firstName", "lastName", COALESCE("createdAt", now())
  FROM jsonb_to_recordset($1::jsonb) AS u (id uuid, "externalId" text, email text, phone text, "emailVerified" boolean,
    "phoneVerified" boolean, "firstName" text, "lastName" text, "createdAt" timestamptz)
  ON CONFLICT DO NOTHING RETURNING id`;

/** $1 external ids. */
const FIND_IMPORTED = `
  SELECT external_id AS "externalId", id FROM users WHERE external_id IS NOT NULL AND external_id = ANY ($1::text[])`;

/** $1 e-mail addresses, $2 phone numbers. */
const FIND_TAKEN = `
  SELECT email AS value FROM users WHERE email = ANY ($1::text[])
  UNION ALL SELECT phone FROM users WHERE phone = ANY ($2::text[])`;

const COUNT_ACTIVE = `SELECT count(*)::int AS n FROM users WHERE status = 'active'`;

/**
 * $1 user, $2 limit. Deleted accounts are left out, and memberships of people who are leaving. Passwords are looked up one by
 * one: PostgreSQL would merge them from the first on, for each page.
 */
const PAGE = `
  SELECT u.id, u.external_id AS "externalId", u.email, u.phone, u.email_verified_at IS NOT NULL AS "emailVerified",
    u.phone_verified_at IS NOT NULL AS "phoneVerified", u.first_name AS "firstName", u.last_name AS "lastName",
    to_char(u.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "createdAt",
    p.hash, p.imported_encrypted AS imported,
    (SELECT f.seed_encrypted FROM totp_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS seed,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('tenant', COALESCE(t.external_id, t.id::text), 'role', r.key,
        'status', m.status) ORDER BY m.id)
      FROM memberships m JOIN tenants t ON t.id = m.tenant_id
      JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
      WHERE m.user_id = u.id AND m.status <> 'leaving'), '[]') AS memberships
  FROM users u
  LEFT JOIN LATERAL (SELECT * FROM password_credentials WHERE user_id = u.id OFFSET 0) p ON true
  WHERE u.id > $1 AND u.status = 'active' ORDER BY u.id LIMIT $2`;
