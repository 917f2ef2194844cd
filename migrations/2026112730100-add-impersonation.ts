import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session that an operator holds in the place of a person. It counts neither towards the person's limit of sessions nor
 * as a device or an address of theirs.
 */
export class AddImpersonation2026112730100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenants
        ADD COLUMN support_access text NOT NULL DEFAULT 'read',
        ADD CONSTRAINT tenants_support_access_check CHECK (support_access IN ('none', 'read', 'write')) NOT VALID;
      ALTER TABLE tenants VALIDATE CONSTRAINT tenants_support_access_check;

      -- No foreign keys: the session ends with the operator's, also once that row is deleted
      ALTER TABLE sessions
        ADD COLUMN operator_id uuid,
        ADD COLUMN operator_session_id uuid,
        ADD CONSTRAINT sessions_operator_check
          CHECK ((operator_id IS NULL) = (operator_session_id IS NULL) AND (operator_id IS NULL OR tenant_id IS NOT NULL))
          NOT VALID;
      ALTER TABLE sessions VALIDATE CONSTRAINT sessions_operator_check;
    `);
    await runner.query(ADMIT_SIGN_IN);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

/** As before, but for the sessions of operators, which are left out. */
const ADMIT_SIGN_IN = `
  CREATE OR REPLACE FUNCTION admit_sign_in(person uuid, kind text, identifier text, current_hash text, wanted_tenant uuid,
                                finds_tenant boolean, agent text, max_sessions integer, challenge uuid,
                                OUT user_id uuid, OUT tenant_id uuid, OUT ended uuid[], OUT admitted boolean)
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    admitted := false;
    IF person IS NOT NULL THEN
      SELECT u.id INTO user_id FROM users u WHERE u.id = person AND u.status = 'active' FOR NO KEY UPDATE;
    ELSIF kind = 'phone' THEN
      SELECT u.id INTO user_id FROM users u
      WHERE u.phone = identifier AND u.status = 'active' AND u.phone_verified_at IS NOT NULL FOR NO KEY UPDATE;
    ELSE
      SELECT u.id INTO user_id FROM users u
      WHERE u.email = identifier AND u.status = 'active' AND u.email_verified_at IS NOT NULL FOR NO KEY UPDATE;
    END IF;
    IF user_id IS NULL THEN RETURN; END IF;

    -- The most recently used one, unless one is given
    SELECT m.tenant_id INTO tenant_id FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
    WHERE m.user_id = admit_sign_in.user_id AND m.status = 'active' AND (finds_tenant OR m.tenant_id = wanted_tenant)
    ORDER BY m.last_used_at DESC, m.id LIMIT 1;
    IF wanted_tenant IS DISTINCT FROM tenant_id AND NOT finds_tenant THEN RETURN; END IF;

    SELECT NOT EXISTS (SELECT FROM totp_factors f WHERE f.user_id = admit_sign_in.user_id AND f.confirmed_at IS NOT NULL)
      AND (current_hash IS NULL OR EXISTS (
        SELECT FROM password_credentials c WHERE c.user_id = admit_sign_in.user_id AND c.hash = current_hash))
      AND (EXISTS (SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id AND s.user_agent = agent AND s.operator_id IS NULL)
        OR (agent IS NULL AND EXISTS (
          SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id AND s.user_agent IS NULL AND s.operator_id IS NULL))
        OR NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id AND s.operator_id IS NULL))
    INTO admitted;
    IF NOT admitted THEN RETURN; END IF;

    IF challenge IS NOT NULL THEN
      UPDATE otp_challenges c SET consumed_at = now()
      WHERE c.id = challenge AND c.consumed_at IS NULL AND c.expires_at > now();
      admitted := FOUND;
      IF NOT admitted THEN RETURN; END IF;
    END IF;

    WITH over AS (
      UPDATE sessions s SET revoked_at = now(), revoked_reason = 'session_limit'
      WHERE s.id IN (
        SELECT o.id FROM sessions o
        WHERE o.user_id = admit_sign_in.user_id AND o.revoked_at IS NULL AND o.idle_expires_at > now()
          AND o.operator_id IS NULL
        ORDER BY o.created_at DESC, o.id DESC OFFSET max_sessions - 1)
      RETURNING s.id
    )
    SELECT array_agg(over.id) INTO ended FROM over;
  END $$;`;
