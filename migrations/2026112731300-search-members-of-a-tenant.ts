import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a search for members compares stands beside the tenant, so that one index finds it among the members of that tenant
 * alone. Row-level security permits no such index, because its operators may show what they compare. So the table stands
 * in a schema on which the server has no right, and the server reads it by one function, which knows the scope.
 */
export class SearchMembersOfATenant2026112731300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLE);
    await runner.query(FOLLOW_MEMBERSHIPS);
    await runner.query(FOLLOW_PEOPLE);
    await runner.query(COPY);
    await runner.query(FIND);
    await runner.query('DROP INDEX IF EXISTS users_search_idx');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

/** Its statistics are of no use to the one statement that reads it. */
const CREATE_TABLE = `
  CREATE SCHEMA search;

  CREATE TABLE search.member_texts (
    membership_id uuid CONSTRAINT member_texts_pkey PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    text text NOT NULL
  );
  CREATE INDEX member_texts_user_id_idx ON search.member_texts (user_id);

  -- The parts of a text, and the tenant as one more of them. It is longer than any part
  CREATE FUNCTION search.parts_in_tenant(tenant uuid, searched text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
    RETURN public.text_parts(searched, 1, 2, 3, 6) || tenant::text;`;

const TRIGGER = `LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp`;

const FOLLOW_MEMBERSHIPS = `
  -- Locks the person, so that a change of name at the same moment comes before or after this, not in between
  CREATE FUNCTION search.add_member() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    INSERT INTO search.member_texts (membership_id, tenant_id, user_id, text)
    SELECT NEW.id, NEW.tenant_id, u.id, public.search_text(u.first_name, u.last_name, u.email, u.phone)
    FROM public.users u WHERE u.id = NEW.user_id FOR NO KEY UPDATE;
    RETURN NULL;
  END $$;

  CREATE FUNCTION search.remove_member() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    DELETE FROM search.member_texts WHERE membership_id = OLD.id;
    RETURN NULL;
  END $$;

  CREATE FUNCTION search.remove_all() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    TRUNCATE search.member_texts;
    RETURN NULL;
  END $$;

  CREATE TRIGGER memberships_add_text AFTER INSERT ON memberships
    FOR EACH ROW EXECUTE FUNCTION search.add_member();
  CREATE TRIGGER memberships_remove_text AFTER DELETE ON memberships
    FOR EACH ROW EXECUTE FUNCTION search.remove_member();
  CREATE TRIGGER memberships_remove_texts AFTER TRUNCATE ON memberships EXECUTE FUNCTION search.remove_all();`;

const FOLLOW_PEOPLE = `
  CREATE FUNCTION search.rename_member() RETURNS trigger ${TRIGGER} AS $$
  BEGIN
    UPDATE search.member_texts SET text = public.search_text(NEW.first_name, NEW.last_name, NEW.email, NEW.phone)
    WHERE user_id = NEW.id;
    RETURN NULL;
  END $$;

  CREATE TRIGGER users_rename_texts AFTER UPDATE OF first_name, last_name, email, phone ON users
    FOR EACH ROW WHEN ((OLD.first_name, OLD.last_name, OLD.email, OLD.phone)
      IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.email, NEW.phone))
    EXECUTE FUNCTION search.rename_member();`;

/** The triggers have locked both tables against writes until the end of the migration. */
const COPY = `
  SELECT set_config('gatehouse.tenant', '*', true);
  INSERT INTO search.member_texts (membership_id, tenant_id, user_id, text)
  SELECT m.id, m.tenant_id, u.id, search_text(u.first_name, u.last_name, u.email, u.phone)
  FROM memberships m JOIN users u ON u.id = m.user_id;
  SELECT set_config('gatehouse.tenant', '', true);
  CREATE INDEX member_texts_parts_idx ON search.member_texts USING gin (search.parts_in_tenant(tenant_id, text));
  ANALYZE search.member_texts;`;

/** Plans without a sequential scan, also those that were made while the table was empty. */
const FIND = `
  -- The memberships, at most so many, of people with this text in lower case; parts of it have so many characters
  CREATE FUNCTION find_members(tenant uuid, wanted text, part integer, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 COST 10000
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  BEGIN
    IF current_setting('gatehouse.tenant', true) IN ('*', tenant::text) THEN
      RETURN QUERY SELECT t.membership_id FROM search.member_texts t
        WHERE search.parts_in_tenant(t.tenant_id, t.text) @> (public.text_parts(wanted, part) || tenant::text)
          AND t.tenant_id = tenant AND strpos(t.text, wanted) > 0
        LIMIT most;
    END IF;
  END $$;

  REVOKE EXECUTE ON FUNCTION find_members, search.add_member, search.remove_member, search.remove_all, search.rename_member
    FROM PUBLIC;`;
