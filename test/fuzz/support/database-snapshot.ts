import type { TestDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

/** A row that is in only one of the two: `+` was added since the snapshot, `-` was removed. */
export interface Difference {
  table: string;
  sign: '+' | '-';
  row: Record<string, unknown>;
}

const TABLES = `
  SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname NOT IN ('signing_keys', 'next_signing_keys', 'schema_migrations') ORDER BY 1`;

const FOREIGN_KEYS = `
  SELECT conname AS name, conrelid::regclass::text AS table FROM pg_constraint
  WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0`;

const OTHERS_AT_WORK = `
  SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'`;

/**
 * The server's work after a response may touch the same rows: a deadlock, or a row that was added or changed
 * meanwhile.
 */
const CROSSED = ['40P01', '23505', '23503'];

/** More than cascades are deep. */
const MOST_ROUNDS = 20;

/** A trigger that changes the rows which are written would change those that are restored, too. */
const REVISION_TRIGGER = {
  drop: 'DROP TRIGGER roles_revision ON public.roles;',
  create: (condition: string) => `
    CREATE TRIGGER roles_revision BEFORE INSERT OR UPDATE ON public.roles
      FOR EACH ROW ${condition} EXECUTE FUNCTION renew_role_revision();`,
};
const NOT_RESTORED = `WHEN (current_setting('fuzz.restores', true) IS DISTINCT FROM 'yes')`;

/**
 * Compares and restores every table that a statement has touched since the last time. Rows that differ are deleted
 * and inserted again, as often as a cascade changes more of them: a few times.
 */
const RESTORE = `
  CREATE FUNCTION fuzz.restore() RETURNS TABLE (difference jsonb) LANGUAGE plpgsql AS $$
  DECLARE
    touched text[] := '{}'; found text[]; name text; changes integer; affected integer; isFirst boolean := true;
    rounds integer := 0;
  BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    PERFORM set_config('fuzz.restores', 'yes', true);
    LOOP
      WITH taken AS (DELETE FROM fuzz.dirty RETURNING dirty.name)
        SELECT array_agg(DISTINCT taken.name) INTO found FROM taken;
      touched := touched || COALESCE(found, '{}');
      EXIT WHEN touched = '{}';
      changes := 0;
      IF isFirst THEN
        FOREACH name IN ARRAY touched LOOP
          RETURN QUERY EXECUTE format(
            'SELECT jsonb_build_object(''table'', %1$L, ''sign'', sign, ''row'', row) FROM (
               SELECT ''-'' AS sign, to_jsonb(s) AS row FROM (TABLE fuzz.%1$I EXCEPT TABLE public.%1$I) s UNION ALL
               SELECT ''+'', to_jsonb(p) FROM (TABLE public.%1$I EXCEPT TABLE fuzz.%1$I) p) d', name);
        END LOOP;
        isFirst := false;
      END IF;
      touched := ARRAY(SELECT DISTINCT unnest(touched));
      FOREACH name IN ARRAY touched LOOP
        EXECUTE format('DELETE FROM public.%1$I p WHERE NOT EXISTS (SELECT FROM fuzz.%1$I s WHERE s::text = p::text)', name);
        GET DIAGNOSTICS affected = ROW_COUNT;
        changes := changes + affected;
      END LOOP;
      FOREACH name IN ARRAY touched LOOP
        EXECUTE format('INSERT INTO public.%1$I TABLE fuzz.%1$I EXCEPT TABLE public.%1$I', name);
        GET DIAGNOSTICS affected = ROW_COUNT;
        changes := changes + affected;
      END LOOP;
      EXIT WHEN changes = 0;
      rounds := rounds + 1;
      IF rounds > ${MOST_ROUNDS} THEN RAISE EXCEPTION 'Something changes what is restored: %', touched; END IF;
    END LOOP;
    DELETE FROM fuzz.dirty WHERE by = pg_backend_pid();
  END $$`;

/**
 * A snapshot of all rows, which is restored after each request. Every request of a run finds the same rows, so that
 * none depends on the ones before, a failure can be replayed alone, and the changes of a request are known.
 */
export class DatabaseSnapshot {
  private constructor(
    private readonly database: TestDatabase,
    private readonly foreignKeys: { name: string; table: string }[],
  ) {}

  static async take(database: TestDatabase): Promise<DatabaseSnapshot> {
    await database.query('DROP SCHEMA IF EXISTS fuzz CASCADE');
    const tables = await database.query<{ name: string }>(TABLES);
    const foreignKeys = await database.query<{ name: string; table: string }>(FOREIGN_KEYS);
    await until(async () => (await database.query(OTHERS_AT_WORK)).length === 0);
    await database.query(`
      CREATE SCHEMA fuzz;
      CREATE UNLOGGED TABLE fuzz.dirty (name text, by integer);
      CREATE FUNCTION fuzz.mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO fuzz.dirty VALUES (TG_TABLE_NAME, pg_backend_pid()); RETURN NULL; END $$;
      ${foreignKeys.map(({ name, table }) => `ALTER TABLE ${table} ALTER CONSTRAINT ${name} DEFERRABLE;`).join('\n')}
      ${tables.map(({ name }) => `CREATE UNLOGGED TABLE fuzz.${name} AS TABLE public.${name};`).join('\n')}
      ${tables
        .map(
          ({ name }) =>
            `CREATE TRIGGER fuzz_mark AFTER INSERT OR UPDATE OR DELETE ON public.${name}
             FOR EACH STATEMENT EXECUTE FUNCTION fuzz.mark();`,
        )
        .join('\n')}
      ${REVISION_TRIGGER.drop} ${REVISION_TRIGGER.create(NOT_RESTORED)}
      ${RESTORE}`);
    return new DatabaseSnapshot(database, foreignKeys);
  }

  /** Returns the changes since the snapshot, and restores it. */
  async restore(): Promise<Difference[]> {
    for (;;) {
      try {
        const rows = await this.database.query<{ difference: Difference }>(
          'SELECT difference FROM fuzz.restore()',
        );
        return rows.map(({ difference }) => difference);
      } catch (error) {
        if (!CROSSED.includes((error as { code?: string }).code ?? '')) throw error;
      }
    }
  }

  /** Restores the schema. */
  async drop(): Promise<void> {
    await this.database.query(`
      DROP SCHEMA fuzz CASCADE;
      ${REVISION_TRIGGER.drop} ${REVISION_TRIGGER.create('')}
      ${this.foreignKeys.map(({ name, table }) => `ALTER TABLE ${table} ALTER CONSTRAINT ${name} NOT DEFERRABLE;`).join('\n')}`);
  }
}
