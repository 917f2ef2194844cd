import type { Statement } from '../../database/queries.js';

/** `active`: signs (the newest of them); `next`: published, so that caches know it before it signs. */
type KeyState = 'active' | 'next' | 'retired';

export interface KeyRow {
  id: string;
  public_jwk: { kty: string };
  private_encrypted: Buffer;
  created_at: Date;
  retired_at: Date | null;
  state: KeyState;
}

/** Longer than the lifetime of an access token plus the time in which servers learn that its key is retired. */
const RETIRED_FOR = `interval '2 hours'`;

/** The active key comes first, the next key second. */
export const READ_KEYS: Statement = {
  name: 'read-signing-keys',
  text: `
    SELECT id, public_jwk, private_encrypted, created_at, retired_at, state FROM (
      SELECT *, CASE WHEN retired_at IS NULL THEN 'active' ELSE 'retired' END AS state FROM signing_keys
      WHERE retired_at IS NULL OR retired_at > now() - ${RETIRED_FOR}
      UNION ALL
      SELECT id, public_jwk, private_encrypted, created_at, NULL, 'next' FROM next_signing_keys
    ) AS keys (id, public_jwk, private_encrypted, created_at, retired_at, state)
    ORDER BY array_position(ARRAY['active', 'next', 'retired'], state), created_at DESC, id`,
};

const NONE_IS_ACTIVE = `NOT EXISTS (SELECT 1 FROM signing_keys WHERE retired_at IS NULL)`;

/** Activates the published next key if no key is active. */
export const ACTIVATE_NEXT = `
  WITH next AS (
    DELETE FROM next_signing_keys
    WHERE id = (SELECT id FROM next_signing_keys ORDER BY created_at, id LIMIT 1) AND ${NONE_IS_ACTIVE}
    RETURNING id, public_jwk, private_encrypted
  )
  INSERT INTO signing_keys (id, public_jwk, private_encrypted) SELECT id, public_jwk, private_encrypted FROM next`;

/** $1 id, $2 public key, $3 encrypted private key. Inserts only if no key is active. */
export const INSERT_ACTIVE = `
  INSERT INTO signing_keys (id, public_jwk, private_encrypted) SELECT $1, $2, $3 WHERE ${NONE_IS_ACTIVE}`;

/** As INSERT_ACTIVE, for the next key. */
export const INSERT_NEXT = `
  INSERT INTO next_signing_keys (id, public_jwk, private_encrypted)
  SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM next_signing_keys)`;

/** $1 id, $2 the value that was read, $3 the value encrypted under the current SECRET_KEY. */
export const REENCRYPT_KEY: Statement = {
  name: 'reencrypt-signing-key',
  text: `
    WITH next AS (
      UPDATE next_signing_keys SET private_encrypted = $3 WHERE id = $1 AND private_encrypted = $2
    )
    UPDATE signing_keys SET private_encrypted = $3 WHERE id = $1 AND private_encrypted = $2`,
};

export const RETIRE_ACTIVE = `UPDATE signing_keys SET retired_at = now() WHERE retired_at IS NULL RETURNING id`;

/** $1 ids. Returns those that existed. */
export const DELETE_KEYS = `
  WITH next AS (
    DELETE FROM next_signing_keys WHERE id = ANY ($1::text[]) RETURNING id
  ), gone AS (
    DELETE FROM signing_keys WHERE id = ANY ($1::text[]) RETURNING id
  )
  SELECT id FROM next UNION ALL SELECT id FROM gone`;

/** $1 seconds. The time until the next key has been published for this long; no row if there is no next key. */
export const SECONDS_UNTIL_KNOWN = `
  SELECT ceil(extract(epoch FROM max(created_at) + make_interval(secs => $1::float8) - now()))::int AS seconds
  FROM next_signing_keys HAVING count(*) > 0`;
