/**
 * Tables without an entity: with the server's rights nobody can read or write them, or nobody but TypeORM does. Partitions
 * are not listed: they hold the rows of their table.
 */
export const BESIDE_ENTITIES = [
  {
    table: 'partitions.parents',
    columns: ['name', 'time_column', 'least_age'],
    text: 'The tables that have a partition for each month, and when one may be dropped. The server has no right on it: functions of the database read it (`add_month`, `drop_month`).',
  },
  {
    table: 'partitions.thinned_months',
    columns: ['month', 'kind'],
    text: 'Which kinds of audit events a month has lost. The server has no right on it: `thin_audit_month` adds to it, `list_months` reads it, and a trigger lets every month be looked at again when a tenant changes how long it keeps events.',
  },
  {
    table: 'public.schema_migrations',
    columns: ['id', 'timestamp', 'name'],
    text: 'The migrations that were applied. It is TypeORM’s own, which has no entity for it.',
  },
  {
    table: 'search.member_texts',
    columns: ['membership_id', 'tenant_id', 'user_id', 'text'],
    text: 'What a search for members compares. The server has no right on it: triggers on `memberships` and `users` write it, and `find_members` reads it for the tenant in scope.',
  },
  {
    table: 'search.tenant_texts',
    columns: ['tenant_id', 'text'],
    text: 'What an operator’s search for tenants compares. The server has no right on it: triggers on `tenants` write it, and `find_tenants` reads it.',
  },
];
