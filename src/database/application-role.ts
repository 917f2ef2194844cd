import type { QueryRunner } from 'typeorm';

/** The role the server works as. It owns no table, so row-level security and missing grants bind it. */
export const APPLICATION_ROLE = 'gatehouse_app';

const NOT_ALLOWED = ['42501', '0LP01', '22023', '42704'];

/**
 * Creates the role where it is missing, and grants it what the server needs of the tables there are: all rows it is
 * shown, but of the audit trail only to read and to add. A user who may not create roles works without one: the
 * tables' owner, whom row-level security binds as well and who takes the same rights from itself.
 */
export async function grantApplicationRole(runner: QueryRunner): Promise<void> {
  const role = (await becomesMember(runner)) ? APPLICATION_ROLE : 'CURRENT_USER';
  if (role === APPLICATION_ROLE) {
    await runner.query(`
      GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
      DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$;
    `);
  }
  await runner.query(`REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM ${role}`);
}

/** The role to work as, or null where there is none for this user. */
export async function findApplicationRole(runner: QueryRunner): Promise<string | null> {
  const [found] = (await runner.query(
    `SELECT pg_has_role(current_user, oid, 'MEMBER') AND has_database_privilege(oid, current_database(), 'CREATE')
       AND COALESCE(has_table_privilege(oid, to_regclass('audit_events'), 'INSERT'), false) AS ready
     FROM pg_roles WHERE rolname = $1`,
    [APPLICATION_ROLE],
  )) as { ready: boolean }[];
  return found?.ready && (await canAct(runner)) ? APPLICATION_ROLE : null;
}

async function becomesMember(runner: QueryRunner): Promise<boolean> {
  // Other databases of the cluster may be creating it at the same moment
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

/** False where the user may not; everything else is an error. */
async function attempt(runner: QueryRunner, sql: string): Promise<boolean> {
  try {
    await runner.query(sql);
    return true;
  } catch (error) {
    if (NOT_ALLOWED.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}
