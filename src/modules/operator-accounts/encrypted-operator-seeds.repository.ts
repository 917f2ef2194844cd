import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** The encrypted seeds of operators, for a change of their key. */
@Injectable()
export class EncryptedOperatorSeedsRepository {
  constructor(private readonly database: Database) {}

  /** In the order of the operators, after this one. */
  page(after: string, limit: number): Promise<{ id: string; encrypted: Buffer }[]> {
    return this.database.autocommit.many(PAGE, [after, limit]);
  }

  /** Leaves a value that has changed since it was read. */
  async replace(rows: { id: string; encrypted: Buffer; renewed: Buffer }[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const values = [ids, rows.map(({ encrypted }) => encrypted), rows.map(({ renewed }) => renewed)];
    await this.database.autocommit.execute(REPLACE, values);
  }

  /** Counts the seeds that do not begin with this prefix of nine bytes. */
  async countOthers(prefix: Buffer): Promise<number> {
    const row = await this.database.autocommit.one<{ others: number }>(COUNT_OTHERS, [prefix]);
    return row?.others ?? 0;
  }
}

/** $1 operator, $2 limit. */
const PAGE = 'SELECT id, seed_encrypted AS encrypted FROM operators WHERE id > $1 ORDER BY id LIMIT $2';

/** $1 operators, $2 values that were read, $3 new values. */
const REPLACE = `
  UPDATE operators o SET seed_encrypted = r.renewed
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, encrypted, renewed)
  WHERE o.id = r.id AND o.seed_encrypted = r.encrypted`;

/** $1 prefix. Operators are few. */
const COUNT_OTHERS =
  'SELECT count(*)::int AS others FROM operators WHERE substring(seed_encrypted FROM 1 FOR 9) <> $1';
