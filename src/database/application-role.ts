import type { QueryRunner } from 'typeorm';

/** The database role of the server. It owns no table, so row-level security and missing grants apply to it. */
export const APPLICATION_ROLE = 'gatehouse_app';

const NOT_ALLOWED = ['42501', '0LP01', '22023', '42704'];

/** They add and drop partitions, and delete events that are old enough, with the rights of the owner. */
const PARTITION_FUNCTIONS = 'add_month, list_months, drop_month, thin_audit_month';

/** They read texts, of the tenant in scope or of all, from tables on which the server has no right. */
const SEARCH_FUNCTIONS = 'find_members, find_tenants';

/**
 * Creates the role if it is missing, and grants it the rights that the server needs on the present tables: on the audit
 * trail only SELECT and INSERT. If this user may not create roles, the server works as the owner of the tables.
 * Row-level security applies to that user too, and it revokes the same rights from itself.
 */
export async function grantApplicationRole(runner: QueryRunner): Promise<void> {
  const role = (await becomesMember(runner)) ? APPLICATION_ROLE : 'CURRENT_USER';
  if (role === APPLICATION_ROLE) {
    await runner.query(`
      GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
      -- Older versions needed it for a schema of their own
      DO $$ BEGIN IF has_database_privilege('${role}', current_database(), 'CREATE') THEN
        EXECUTE format('REVOKE CREATE ON DATABASE %I FROM ${role}', current_database());
      END IF; END $$;
    `);
  }
  await runner.query(`
    REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM ${role};
    GRANT EXECUTE ON FUNCTION ${PARTITION_FUNCTIONS}, ${SEARCH_FUNCTIONS} TO ${role};
  `);
}

/** The role to work as, or null if this user may not act as one. */
export async function findApplicationRole(runner: QueryRunner): Promise<string | null> {
  const [found] = (await runner.query(
    `SELECT pg_has_role(current_user, oid, 'MEMBER')
       AND COALESCE(has_table_privilege(oid, to_regclass('audit_events'), 'INSERT'), false) AS ready
     FROM pg_roles WHERE rolname = $1`,
    [APPLICATION_ROLE],
  )) as { ready: boolean }[];
  return found?.ready && (await canAct(runner)) ? APPLICATION_ROLE : null;
}

async function becomesMember(runner: QueryRunner): Promise<boolean> {
  // Servers on other databases of the cluster may create it at the same moment
  const created = await attempt(
    runner,
    `DO $$ BEGIN CREATE ROLE ${APPLICATION_ROLE} NOLOGIN;
     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );
  if (await canAct(runner)) return true;
  return created && (await attempt(runner, `GRANT ${APPLICATION_ROLE} TO CURRENT_USER`)) && canAct(runner);
}

async function canAct(runner: QueryRunner): Promise<boolean> {
  if (!(await attempt(runner, `SET ROLE ${APPLICATION_ROLE}`))) return false;
  await runner.query('RESET ROLE');
  return true;
}

/** Returns false if the user lacks the right; throws every other error. */
async function attempt(runner: QueryRunner, sql: string): Promise<boolean> {
  try {
    await runner.query(sql);
    return true;
  } catch (error) {
    if (NOT_ALLOWED.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}
