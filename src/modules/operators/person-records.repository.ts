import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { LIVE } from '../sessions/session-states.repository.js';

/** A person as operators see them. */
export interface PersonRecord {
  id: string;
  email: string | null;
  emailVerified: boolean;
  pendingEmail: string | null;
  phone: string | null;
  phoneVerified: boolean;
  firstName: string;
  lastName: string;
  status: 'active' | 'leaving' | 'blocked';
  deletionAt: Date | null;
  twoFactorEnabled: boolean;
  createdAt: Date;
  memberships: { tenantId: string; slug: string; name: string; role: string; status: string }[];
}

export interface SessionRecord {
  id: string;
  tenantId: string | null;
  address: string;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  impersonatedBy: string | null;
}

export interface KeyRecord {
  id: string;
  tenantId: string;
  userId: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** Reads people, their sessions and their keys for operators, across tenants. Never a secret. */
@Injectable()
export class PersonRecordsRepository {
  constructor(private readonly database: Database) {}

  find(id: string): Promise<PersonRecord | null> {
    return this.database.autocommitAcrossTenants.one<PersonRecord>(FIND, [id]);
  }

  /** The sessions that are open, newest first. */
  listSessions(userId: string): Promise<SessionRecord[]> {
    return this.database.autocommitAcrossTenants.many<SessionRecord>(LIST_SESSIONS, [userId]);
  }

  /** Whose the open session is; null if there is none. */
  findSession(id: string): Promise<{ userId: string; tenantId: string | null } | null> {
    return this.database.autocommitAcrossTenants.one(FIND_SESSION, [id]);
  }

  /** Newest first, also those that no longer work. */
  listKeys(userId: string): Promise<KeyRecord[]> {
    return this.database.autocommitAcrossTenants.many<KeyRecord>(LIST_KEYS, [userId]);
  }

  /** The key with this text, given by its hash, also if it no longer works. */
  findKey(hash: Buffer): Promise<KeyRecord | null> {
    return this.database.autocommitAcrossTenants.one<KeyRecord>(FIND_KEY, [hash]);
  }
}

/** $1 user. */
const FIND = `
  SELECT u.id, u.email, u.email_verified_at IS NOT NULL AS "emailVerified", u.pending_email AS "pendingEmail", u.phone,
    u.phone_verified_at IS NOT NULL AS "phoneVerified", u.first_name AS "firstName", u.last_name AS "lastName",
    CASE u.status WHEN 'closed' THEN 'blocked' ELSE u.status END AS status, u.deletion_at AS "deletionAt",
    EXISTS (SELECT 1 FROM totp_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS "twoFactorEnabled",
    u.created_at AS "createdAt",
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('tenantId', t.id, 'slug', t.slug, 'name', t.name, 'role', r.key,
        'status', m.status) ORDER BY t.slug)
      FROM memberships m JOIN tenants t ON t.id = m.tenant_id JOIN roles r ON r.tenant_id = t.id AND r.id = m.role_id
      WHERE m.user_id = u.id), '[]') AS memberships
  FROM users u WHERE u.id = $1`;

/** $1 user. */
const LIST_SESSIONS = `
  SELECT s.id, s.tenant_id AS "tenantId", s.address, s.user_agent AS "userAgent", s.created_at AS "createdAt",
    s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt", s.operator_id AS "impersonatedBy"
  FROM sessions s WHERE s.user_id = $1 AND ${LIVE}
  ORDER BY s.created_at DESC, s.id DESC`;

/** $1 session. */
const FIND_SESSION = `
  SELECT user_id AS "userId", tenant_id AS "tenantId" FROM sessions
  WHERE id = $1 AND revoked_at IS NULL AND idle_expires_at > now()`;

const KEY_COLUMNS = `
  k.id, k.tenant_id AS "tenantId", k.user_id AS "userId", k.name, c.prefix, k.scopes, k.created_at AS "createdAt",
  k.last_used_at AS "lastUsedAt", k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt"`;

/** $1 user. */
const LIST_KEYS = `
  SELECT ${KEY_COLUMNS} FROM api_keys k JOIN api_key_secrets c ON c.key_id = k.id AND c.expires_at IS NULL
  WHERE k.user_id = $1 ORDER BY k.created_at DESC, k.id DESC`;

/** $1 hash. */
const FIND_KEY = `
  SELECT ${KEY_COLUMNS} FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id WHERE c.hash = $1`;
