import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Bounds the cost of counting, in each direction. */
const MAX_COUNTED = 5_000;

/** The encrypted seeds of authenticators, for a change of their key. */
@Injectable()
export class EncryptedSeedsRepository {
  constructor(private readonly database: Database) {}

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

  /** Counts the seeds that do not begin with this prefix of nine bytes, up to twice MAX_COUNTED. */
  async countOthers(prefix: Buffer): Promise<number> {
    const row = await this.database.autocommit.one<{ others: number }>(COUNT_OTHERS, [prefix]);
    return row?.others ?? 0;
  }
}

/** $1 user, $2 limit. */
const PAGE = `
  SELECT user_id AS id, seed_encrypted AS encrypted FROM totp_factors
  WHERE user_id > $1 ORDER BY user_id LIMIT $2`;

/** $1 users, $2 values that were read, $3 new values. */
const REPLACE = `
  UPDATE totp_factors f SET seed_encrypted = r.renewed
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, encrypted, renewed)
  WHERE f.user_id = r.id AND f.seed_encrypted = r.encrypted`;

const others = (comparison: string) => `(SELECT count(*)::int FROM (
  SELECT 1 FROM totp_factors WHERE substring(seed_encrypted FROM 1 FOR 9) ${comparison} $1
  LIMIT ${MAX_COUNTED}) AS bounded)`;

/** $1 prefix. In two parts, because an index does not find what differs. */
const COUNT_OTHERS = `SELECT ${others('<')} + ${others('>')} AS others`;
