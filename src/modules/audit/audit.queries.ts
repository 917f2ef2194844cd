const COLUMNS = `id, tenant_id, actor_kind, actor_id, action, outcome, target_kind, target_id,
                 address, user_agent, request_id, detail`;

/** The columns in their order: $1 id … $12 detail. */
export const INSERT_EVENT = `
  INSERT INTO audit_events (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/**
 * $1 a JSON array of rows, each with its columns and `age` in seconds. Their time is the database's, which all
 * instances share.
 */
export const INSERT_EVENTS = `
  INSERT INTO audit_events (${COLUMNS}, occurred_at)
  SELECT ${COLUMNS}, now() - make_interval(secs => age)
  FROM jsonb_to_recordset($1::jsonb) AS event (id uuid, tenant_id uuid, actor_kind text, actor_id uuid, action text,
    outcome text, target_kind text, target_id uuid, address text, user_agent text, request_id text, detail jsonb,
    age float8)`;
