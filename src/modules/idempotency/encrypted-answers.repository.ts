import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Bounds the cost of counting. */
const MAX_COUNTED = 10_000;

/** The encrypted answers of requests, for a change of their key. Ids are in hexadecimal. */
@Injectable()
export class EncryptedAnswersRepository {
  constructor(private readonly database: Database) {}

  /** In the order of the ids, after this one, in which hyphens do not count. */
  page(after: string, limit: number): Promise<{ id: string; encrypted: Buffer | null }[]> {
    return this.database.autocommitAcrossTenants.many(PAGE, [after, limit]);
  }

  /** Leaves an answer that has changed since it was read. */
  async replace(rows: { id: string; encrypted: Buffer; renewed: Buffer }[]): Promise<void> {
    const ids = rows.map(({ id }) => Buffer.from(id, 'hex'));
    const values = [ids, rows.map(({ encrypted }) => encrypted), rows.map(({ renewed }) => renewed)];
    await this.database.autocommitAcrossTenants.execute(REPLACE, values);
  }

  /** Counts the answers that do not begin with this prefix of nine bytes, up to MAX_COUNTED. */
  async countOthers(prefix: Buffer): Promise<number> {
    const row = await this.database.autocommitAcrossTenants.one<{ others: number }>(COUNT_OTHERS, [prefix]);
    return row?.others ?? 0;
  }
}

/** $1 id, $2 limit. */
const PAGE = `
  SELECT encode(id, 'hex') AS id, answer_encrypted AS encrypted FROM idempotency_records
  WHERE id > decode(replace($1, '-', ''), 'hex') ORDER BY id LIMIT $2`;

/** $1 ids, $2 answers that were read, $3 new ones. */
const REPLACE = `
  UPDATE idempotency_records a SET answer_encrypted = r.renewed
  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS r (id, encrypted, renewed)
  WHERE a.id = r.id AND a.answer_encrypted = r.encrypted`;

/** $1 prefix. Reads the answers of one day: row-level security would hide an index on a part of them. */
const COUNT_OTHERS = `
  SELECT count(*)::int AS others FROM (
    SELECT FROM idempotency_records WHERE substring(answer_encrypted FROM 1 FOR 9) <> $1 LIMIT ${MAX_COUNTED}) AS bounded`;
