import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a search for tenants compares stands where that of members does, for the same reason: row-level security permits
 * no index on parts of a text. Only work across tenants may ask it.
 */
export class SearchTenants2026112800002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLE);
    await runner.query(FOLLOW_TENANTS);
    await runner.query(COPY);
    await runner.query(FIND);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

const CREATE_TABLE = `
  CREATE TABLE search.tenant_texts (
    tenant_id uuid CONSTRAINT tenant_texts_pkey PRIMARY KEY,
    text text NOT NULL
  );

  -- One line each for name and slug
  CREATE FUNCTION tenant_text(name text, slug text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(name) || E'\\n' || slug;`;

const TRIGGER = `LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp`;

const FOLLOW_TENANTS = `
  CREATE FUNCTION search.add_tenant() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    INSERT INTO search.tenant_texts (tenant_id, text) VALUES (NEW.id, public.tenant_text(NEW.name, NEW.slug));
    RETURN NULL;
  END $$;

  CREATE FUNCTION search.rename_tenant() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    UPDATE search.tenant_texts SET text = public.tenant_text(NEW.name, NEW.slug) WHERE tenant_id = NEW.id;
    RETURN NULL;
  END $$;

  CREATE FUNCTION search.remove_tenant() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    DELETE FROM search.tenant_texts WHERE tenant_id = OLD.id;
    RETURN NULL;
  END $$;

  CREATE FUNCTION search.remove_tenants() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    TRUNCATE search.tenant_texts;
    RETURN NULL;
  END $$;

  CREATE TRIGGER tenants_add_text AFTER INSERT ON tenants
    FOR EACH ROW EXECUTE FUNCTION search.add_tenant();
  CREATE TRIGGER tenants_rename_text AFTER UPDATE OF name, slug ON tenants
    FOR EACH ROW WHEN ((OLD.name, OLD.slug) IS DISTINCT FROM (NEW.name, NEW.slug))
    EXECUTE FUNCTION search.rename_tenant();
  CREATE TRIGGER tenants_remove_text AFTER DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION search.remove_tenant();
  CREATE TRIGGER tenants_remove_texts AFTER TRUNCATE ON tenants EXECUTE FUNCTION search.remove_tenants();`;

/** The triggers have locked the table against writes until the end of the migration. */
const COPY = `
  SELECT set_config('gatehouse.tenant', '*', true);
  INSERT INTO search.tenant_texts (tenant_id, text) SELECT id, tenant_text(name, slug) FROM tenants;
  SELECT set_config('gatehouse.tenant', '', true);
  CREATE INDEX tenant_texts_parts_idx ON search.tenant_texts USING gin (public.text_parts(text, 1, 2, 3, 6));
  ANALYZE search.tenant_texts;`;

/** No other index than that of the parts has a column of the first part, so that no plan can use another. */
const FIND = `
  -- The tenants with this text in lower case and, unless it is null, this status: the next ones, in the order of their ids.
  -- Parts of the text have so many characters
  CREATE FUNCTION find_tenants(wanted text, part integer, only_status text, after uuid, most bigint) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 COST 10000
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  BEGIN
    IF current_setting('gatehouse.tenant', true) = '*' THEN
      RETURN QUERY
        WITH having_text AS MATERIALIZED (
          SELECT x.tenant_id FROM search.tenant_texts x
          WHERE public.text_parts(x.text, 1, 2, 3, 6) @> public.text_parts(wanted, part)
            AND strpos(x.text, wanted) > 0
        )
        SELECT t.id FROM having_text f
        CROSS JOIN LATERAL (SELECT id, status FROM public.tenants WHERE id = f.tenant_id OFFSET 0) t
        WHERE f.tenant_id > after AND (only_status IS NULL OR t.status = only_status)
        ORDER BY t.id LIMIT most;
    END IF;
  END $$;

  REVOKE EXECUTE ON FUNCTION find_tenants, search.add_tenant, search.rename_tenant, search.remove_tenant,
    search.remove_tenants FROM PUBLIC;`;
