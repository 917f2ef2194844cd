import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What must hold when a session opens is read by a statement that begins once the person is locked: the statement that
 * opens the session may be older than the lock, and sees what was committed before it began.
 */
export class AdmitSignInsInOneCall2026112710101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Locks the active person with the id, or with the identifier, verified. A session may open at once if the person
      -- has no second factor, the hash (unless null) is still that of their password, they belong to the tenant, the
      -- user agent is known or the session is their first, and the challenge (unless null) is open. Then consumes the
      -- challenge, and ends the oldest sessions over the limit. Else changes nothing
      CREATE FUNCTION admit_sign_in(person uuid, kind text, identifier text, current_hash text, wanted_tenant uuid,
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
          AND (EXISTS (SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id AND s.user_agent = agent)
            OR (agent IS NULL AND EXISTS (
              SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id AND s.user_agent IS NULL))
            OR NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = admit_sign_in.user_id))
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
            ORDER BY o.created_at DESC, o.id DESC OFFSET max_sessions - 1)
          RETURNING s.id
        )
        SELECT array_agg(over.id) INTO ended FROM over;
      END $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
