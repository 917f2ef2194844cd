import type { ClientBase } from 'pg';
import type { Queries } from '../../database/queries.js';

export interface DatabaseFacts {
  version: number;
  versionText: string;
  /** Null for a connection without TLS. */
  tls: string | null;
  isLocal: boolean;
  role: string;
  bypassesRowSecurity: boolean;
  /** Rights that the server's role must not have. */
  excessRights: string[];
  /** Tables of tenants without row-level security. */
  openTables: string[];
}

/** Reads how the database is set up. */
export class DiagnosisRepository {
  async read(queries: Queries): Promise<DatabaseFacts> {
    const facts = await queries.one<DatabaseFacts>(READ_FACTS);
    if (!facts) throw new Error('The database did not answer');
    return facts;
  }

  /** By the clock of the database, in milliseconds since 1970. */
  async readClock(queries: Queries): Promise<number> {
    const row = await queries.one<{ time: number }>(READ_CLOCK);
    return row?.time ?? NaN;
  }

  /** The id of the process of PostgreSQL that serves this connection. */
  async readProcess(client: ClientBase): Promise<number | undefined> {
    const { rows } = await client.query<{ id: number }>(READ_PROCESS);
    return rows[0]?.id;
  }
}

const READ_PROCESS = 'SELECT pg_backend_pid() AS id';

const READ_CLOCK = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS time';

const READ_FACTS = `
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS "versionText",
    (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls,
    COALESCE(inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1', true) AS "isLocal",
    current_user AS role, (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS "bypassesRowSecurity",
    ARRAY(
      SELECT lower(word) || ' on audit_events' FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS word
      WHERE has_table_privilege('audit_events', word)
      UNION ALL SELECT 'create in the schema' WHERE current_user = 'gatehouse_app' AND has_schema_privilege('public', 'CREATE')
    ) AS "excessRights",
    ARRAY(
      SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
    ) AS "openTables"`;
