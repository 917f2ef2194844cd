import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Bounds the cost of counting. */
const MAX_COUNTED = 10_000;

/** The encrypted contents of messages, for a change of their key. */
@Injectable()
export class EncryptedMessagesRepository {
  constructor(private readonly database: Database) {}

  /** In the order of the ids, after this one. Null for a message without content, and for one that nobody gets. */
  page(after: string, limit: number): Promise<{ id: string; encrypted: Buffer | null }[]> {
    return this.database.autocommit.many(PAGE, [after, limit]);
  }

  /** Leaves a content that has changed since it was read. */
  async replace(rows: { id: string; encrypted: Buffer; renewed: Buffer }[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const values = [ids, rows.map(({ encrypted }) => encrypted), rows.map(({ renewed }) => renewed)];
    await this.database.autocommit.execute(REPLACE, values);
  }

  /** Counts the messages to be delivered that do not begin with this prefix of nine bytes, up to MAX_COUNTED. */
  async countOthers(prefix: Buffer): Promise<number> {
    const row = await this.database.autocommit.one<{ others: number }>(COUNT_OTHERS, [prefix]);
    return row?.others ?? 0;
  }
}

/** $1 id, $2 limit. The content of a suppressed message is random. */
const PAGE = `
  SELECT id, CASE WHEN status <> 'suppressed' THEN payload_encrypted END AS encrypted FROM messages
  WHERE id > $1 ORDER BY id LIMIT $2`;

/** $1 ids, $2 contents that were read, $3 new ones. */
const REPLACE = `
  UPDATE messages m SET payload_encrypted = r.renewed
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, encrypted, renewed)
  WHERE m.id = r.id AND m.payload_encrypted = r.encrypted`;

/** $1 prefix. */
const COUNT_OTHERS = `
  SELECT count(*)::int AS others FROM (
    SELECT 1 FROM messages WHERE status = 'queued' AND substring(payload_encrypted FROM 1 FOR 9) <> $1
    LIMIT ${MAX_COUNTED}) AS bounded`;
