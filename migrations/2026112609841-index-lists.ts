import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexLists2026112609841 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a search compares: one line each for name, e-mail address and phone number
      CREATE FUNCTION search_text(first_name text, last_name text, email text, phone text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN lower(btrim(first_name || ' ' || last_name) || E'\\n' || COALESCE(email, '') || E'\\n' || COALESCE(phone, ''));

      -- Every part of a text that has one of the lengths. An index on the parts finds any text that contains another,
      -- and needs no extension, which not every provider of PostgreSQL permits
      CREATE FUNCTION text_parts(searched text, VARIADIC lengths integer[]) RETURNS text[]
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
        RETURN ARRAY(SELECT substr(searched, place, part) FROM unnest(lengths) AS part,
          generate_series(1, length(searched) - part + 1) AS place);

      -- For each filter of a list, in the order of the list
      CREATE INDEX memberships_status_idx ON memberships (tenant_id, status, id);
      DROP INDEX memberships_role_idx;
      CREATE INDEX memberships_role_idx ON memberships (tenant_id, role_id, id);
      DROP INDEX team_members_team_id_idx;
      CREATE INDEX team_members_team_id_idx ON team_members (team_id, membership_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
