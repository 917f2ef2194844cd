import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';

/** Bounds the cost of counting, in each direction. */
const MAX_COUNTED = 5_000;
/** So many profiles are imitated: those with the most passwords. */
const MAX_PROFILES = 100;

export interface ImportedPassword {
  userId: string;
  /** That no password has. */
  placeholder: string;
  encrypted: Buffer;
  profile: string;
}

/** How many of all passwords are imported hashes with a profile. */
export interface ProfileShare {
  profile: string;
  share: number;
}

/** Password hashes of other systems, encrypted, until each is replaced at the first sign-in. */
@Injectable()
export class ImportedPasswordsRepository {
  constructor(private readonly database: Database) {}

  async insertAll(tx: Transaction, passwords: ImportedPassword[]): Promise<void> {
    const column = <Key extends keyof ImportedPassword>(key: Key) => passwords.map((row) => row[key]);
    const values = [column('userId'), column('placeholder'), column('encrypted'), column('profile')];
    await tx.execute(INSERT_ALL, values);
  }

  /** In a fixed order. The number of all passwords is PostgreSQL's estimate. */
  listShares(): Promise<ProfileShare[]> {
    return this.database.autocommit.many<ProfileShare>(LIST_SHARES);
  }

  /** In the order of the users, after this one. */
  page(after: string, limit: number): Promise<{ id: string; encrypted: Buffer }[]> {
    return this.database.autocommit.many(PAGE, [after, limit]);
  }

  /** Leaves a value that has changed since it was read. */
  async replace(rows: { id: string; encrypted: Buffer; renewed: Buffer }[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const values = [ids, rows.map(({ encrypted }) => encrypted), rows.map(({ renewed }) => renewed)];
    await this.database.autocommit.execute(REPLACE, values);
  }

  /** Counts the hashes that do not begin with this prefix of nine bytes, up to twice MAX_COUNTED. */
  async countOthers(prefix: Buffer): Promise<number> {
    const row = await this.database.autocommit.one<{ others: number }>(COUNT_OTHERS, [prefix]);
    return row?.others ?? 0;
  }
}

/** $1 users, $2 placeholders, $3 encrypted hashes, $4 profiles. */
const INSERT_ALL = `
  INSERT INTO password_credentials (user_id, hash, imported_encrypted, imported_profile)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[])`;

const LIST_SHARES: Statement = {
  name: 'list-imported-profile-shares',
  text: `
    WITH counted AS (
      SELECT imported_profile AS profile, count(*)::float8 AS n FROM password_credentials
      WHERE imported_profile IS NOT NULL GROUP BY imported_profile
    ), most AS (
      SELECT profile, n FROM counted ORDER BY n DESC, profile LIMIT ${MAX_PROFILES}
    ), total AS (
      SELECT greatest((SELECT sum(n) FROM counted), (
        SELECT reltuples FROM pg_class WHERE oid = 'password_credentials'::regclass)) AS n
    )
    SELECT profile, most.n / total.n AS share FROM most, total ORDER BY profile`,
};

/** $1 user, $2 limit. */
const PAGE = `
  SELECT user_id AS id, imported_encrypted AS encrypted FROM password_credentials
  WHERE imported_profile IS NOT NULL AND user_id > $1 ORDER BY user_id LIMIT $2`;

/** $1 users, $2 values that were read, $3 new values. */
const REPLACE = `
  UPDATE password_credentials p SET imported_encrypted = r.renewed
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, encrypted, renewed)
  WHERE p.user_id = r.id AND p.imported_encrypted = r.encrypted`;

const others = (comparison: string) => `(SELECT count(*)::int FROM (
  SELECT 1 FROM password_credentials
  WHERE imported_profile IS NOT NULL AND substring(imported_encrypted FROM 1 FOR 9) ${comparison} $1
  LIMIT ${MAX_COUNTED}) AS bounded)`;

/** $1 prefix. In two parts, because an index does not find what differs. */
const COUNT_OTHERS = `SELECT ${others('<')} + ${others('>')} AS others`;
