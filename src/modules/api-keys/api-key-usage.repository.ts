import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { TenantReads } from '../../database/transaction.js';

/** Uses of one key close to each other. */
export interface ApiKeyUse {
  keyId: string;
  requests: number;
  /** How long ago the last of them was: the database's clock says when that was, and on which day. */
  ageMs: number;
}

export interface UsageDay {
  date: string;
  requests: number;
}

/** How often API keys were used, by day. */
@Injectable()
export class ApiKeyUsageRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds these uses in one statement, those of an entry to the day, in UTC, of the last of them. Locks the keys in the order
   * of their ids, so that servers do not deadlock. Skips deleted keys.
   */
  async record(uses: ApiKeyUse[]): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(RECORD, [
      uses.map(({ keyId }) => keyId),
      uses.map(({ requests }) => requests),
      uses.map(({ ageMs }) => ageMs),
    ]);
  }

  /** One entry per day, up to today in UTC, oldest first; also for days without requests. */
  list(tx: TenantReads, keyId: string, days: number): Promise<UsageDay[]> {
    return tx.many<UsageDay>(LIST, [tx.tenantId, keyId, days]);
  }
}

/** $1 keys, $2 numbers of requests, $3 milliseconds since the last request. */
const RECORD: Statement = {
  name: 'record-api-key-usage',
  text: `
    WITH used AS (
      SELECT key_id, day, sum(requests)::bigint AS requests, max(last_used_at) AS last_used_at
      FROM unnest($1::uuid[], $2::bigint[], $3::float8[]) AS one (key_id, requests, age_ms),
        LATERAL (SELECT now() - make_interval(secs => age_ms / 1000) AS last_used_at) AS at,
        LATERAL (SELECT (last_used_at AT TIME ZONE 'UTC')::date AS day) AS on_day
      GROUP BY key_id, day
    ), locked AS (
      SELECT k.id FROM api_keys k WHERE k.id = ANY($1) ORDER BY k.id FOR NO KEY UPDATE
    ), touched AS (
      UPDATE api_keys k SET last_used_at = GREATEST(k.last_used_at, latest.at)
      FROM (SELECT key_id, max(last_used_at) AS at FROM used GROUP BY key_id) latest
      JOIN locked ON locked.id = latest.key_id
      WHERE k.id = latest.key_id RETURNING k.id
    )
    INSERT INTO api_key_usage (key_id, day, requests)
    SELECT used.key_id, used.day, used.requests FROM used JOIN touched ON touched.id = used.key_id
    ON CONFLICT (key_id, day) DO UPDATE SET requests = api_key_usage.requests + EXCLUDED.requests`,
};

/** $1 tenant, $2 key, $3 number of days. */
const LIST = `
  SELECT to_char(d.day, 'YYYY-MM-DD') AS date, COALESCE(u.requests, 0)::float8 AS requests
  FROM generate_series((now() AT TIME ZONE 'UTC')::date - ($3::int - 1), (now() AT TIME ZONE 'UTC')::date,
                       interval '1 day') AS d (day)
  LEFT JOIN (
    api_key_usage u JOIN api_keys k ON k.id = u.key_id AND k.tenant_id = $1
  ) ON u.key_id = $2 AND u.day = d.day::date
  ORDER BY d.day`;
