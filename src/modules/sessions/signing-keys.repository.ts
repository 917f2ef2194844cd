import type { JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';

/** `active`: signs (the newest of them); `next`: published, so that caches know it before it signs. */
type KeyState = 'active' | 'next' | 'retired';

export interface NewSigningKey {
  /** RFC 7638: the thumbprint of the public key. */
  id: string;
  publicJwk: JsonWebKey;
  /** The private key, encrypted under SECRET_KEY. */
  encrypted: Buffer;
}

export interface StoredSigningKey extends NewSigningKey {
  createdAt: Date;
  retiredAt: Date | null;
  state: KeyState;
}

const LOCK = 7_303_014_002;

/** The signing keys that all servers share. Belong to no tenant. */
@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: Database) {}

  /** The active key comes first, the next key second. Keys that retired long ago are left out. */
  read(): Promise<StoredSigningKey[]> {
    return this.database.autocommit.many<StoredSigningKey>(READ_KEYS);
  }

  /** Replaces the encrypted private key, unless another server has replaced it since it was read. */
  async reencrypt({ id, encrypted }: NewSigningKey, renewed: Buffer): Promise<void> {
    await this.database.autocommit.execute(REENCRYPT_KEY, [id, encrypted, renewed]);
  }

  /** Excludes every other server from changing the keys until the transaction ends. */
  async lock(tx: Transaction): Promise<void> {
    await tx.execute('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  }

  /** If no key is active, the next key becomes it. */
  async activateNext(tx: Transaction): Promise<void> {
    await tx.execute(ACTIVATE_NEXT);
  }

  /** Does nothing if a key is active. */
  async insertActive(tx: Transaction, { id, publicJwk, encrypted }: NewSigningKey): Promise<void> {
    await tx.execute(INSERT_ACTIVE, [id, publicJwk, encrypted]);
  }

  /** Does nothing if there is a next key. */
  async insertNext(tx: Transaction, { id, publicJwk, encrypted }: NewSigningKey): Promise<void> {
    await tx.execute(INSERT_NEXT, [id, publicJwk, encrypted]);
  }

  /** Returns the ids of the keys that were active. */
  async retireActive(tx: Transaction): Promise<string[]> {
    return (await tx.many<{ id: string }>(RETIRE_ACTIVE)).map(({ id }) => id);
  }

  /** Returns the ids of those that existed, whatever their state. */
  async delete(tx: Transaction, ids: string[]): Promise<string[]> {
    return (await tx.many<{ id: string }>(DELETE_KEYS, [ids])).map(({ id }) => id);
  }

  /** Returns the number of keys created before this time, whatever their state. */
  async deleteOlder(tx: Transaction, before: Date): Promise<number> {
    return (await tx.many(DELETE_OLDER_KEYS, [before])).length;
  }

  /** The time until the next key has been published for this long, or less than 0. Null if there is no next key. */
  async secondsUntilKnown(tx: Transaction, publishedForSeconds: number): Promise<number | null> {
    const next = await tx.one<{ seconds: number }>(SECONDS_UNTIL_KNOWN, [publishedForSeconds]);
    return next?.seconds ?? null;
  }
}

/** Longer than the lifetime of an access token plus the time in which servers learn that its key is retired. */
const RETIRED_FOR = `interval '2 hours'`;

/** The active key comes first, the next key second. */
const READ_KEYS: Statement = {
  name: 'read-signing-keys',
  text: `
    SELECT id, public_jwk AS "publicJwk", private_encrypted AS "encrypted", created_at AS "createdAt",
      retired_at AS "retiredAt", state FROM (
      SELECT *, CASE WHEN retired_at IS NULL THEN 'active' ELSE 'retired' END AS state FROM signing_keys
      WHERE retired_at IS NULL OR retired_at > now() - ${RETIRED_FOR}
      UNION ALL
      SELECT id, public_jwk, private_encrypted, created_at, NULL, 'next' FROM next_signing_keys
    ) AS keys (id, public_jwk, private_encrypted, created_at, retired_at, state)
    ORDER BY array_position(ARRAY['active', 'next', 'retired'], state), created_at DESC, id`,
};

const NONE_IS_ACTIVE = `NOT EXISTS (SELECT 1 FROM signing_keys WHERE retired_at IS NULL)`;

/** Activates the published next key if no key is active. */
const ACTIVATE_NEXT = `
  WITH next AS (
    DELETE FROM next_signing_keys
    WHERE id = (SELECT id FROM next_signing_keys ORDER BY created_at, id LIMIT 1) AND ${NONE_IS_ACTIVE}
    RETURNING id, public_jwk, private_encrypted
  )
  INSERT INTO signing_keys (id, public_jwk, private_encrypted) SELECT id, public_jwk, private_encrypted FROM next`;

/** $1 id, $2 public key, $3 encrypted private key. Inserts only if no key is active. */
const INSERT_ACTIVE = `
  INSERT INTO signing_keys (id, public_jwk, private_encrypted) SELECT $1, $2, $3 WHERE ${NONE_IS_ACTIVE}`;

/** As INSERT_ACTIVE, for the next key. */
const INSERT_NEXT = `
  INSERT INTO next_signing_keys (id, public_jwk, private_encrypted)
  SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM next_signing_keys)`;

/** $1 id, $2 the value that was read, $3 the value encrypted under the current SECRET_KEY. */
const REENCRYPT_KEY: Statement = {
  name: 'reencrypt-signing-key',
  text: `
    WITH next AS (
      UPDATE next_signing_keys SET private_encrypted = $3 WHERE id = $1 AND private_encrypted = $2
    )
    UPDATE signing_keys SET private_encrypted = $3 WHERE id = $1 AND private_encrypted = $2`,
};

const RETIRE_ACTIVE = `UPDATE signing_keys SET retired_at = now() WHERE retired_at IS NULL RETURNING id`;

/** $1 ids. Returns those that existed. */
const DELETE_KEYS = `
  WITH next AS (
    DELETE FROM next_signing_keys WHERE id = ANY ($1::text[]) RETURNING id
  ), gone AS (
    DELETE FROM signing_keys WHERE id = ANY ($1::text[]) RETURNING id
  )
  SELECT id FROM next UNION ALL SELECT id FROM gone`;

/** $1 time. */
const DELETE_OLDER_KEYS = `
  WITH next AS (
    DELETE FROM next_signing_keys WHERE created_at < $1 RETURNING id
  ), gone AS (
    DELETE FROM signing_keys WHERE created_at < $1 RETURNING id
  )
  SELECT id FROM next UNION ALL SELECT id FROM gone`;

/** $1 seconds. The time until the next key has been published for this long; no row if there is no next key. */
const SECONDS_UNTIL_KNOWN = `
  SELECT ceil(extract(epoch FROM max(created_at) + make_interval(secs => $1::float8) - now()))::int AS seconds
  FROM next_signing_keys HAVING count(*) > 0`;
