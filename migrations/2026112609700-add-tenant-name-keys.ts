import type { MigrationInterface, QueryRunner } from 'typeorm';

const BATCH = 1_000;

/** The same form as `companyNameKey` had when this migration was written. */
const keyOf = (name: string) =>
  name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();

export class AddTenantNameKeys2026112609700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The name in the form in which names are compared; not unique, since two contracts allow equal names. Null in rows
      -- of an earlier version
      ALTER TABLE tenants ADD COLUMN name_key text;
      CREATE INDEX tenants_name_key_idx ON tenants (name_key);
    `);
    for (;;) {
      const rows = (await runner.query(
        `SELECT id, name FROM tenants WHERE name_key IS NULL LIMIT ${BATCH}`,
      )) as {
        id: string;
        name: string;
      }[];
      if (rows.length === 0) return;
      await runner.query(
        `UPDATE tenants t SET name_key = k.key FROM unnest($1::uuid[], $2::text[]) AS k (id, key) WHERE t.id = k.id`,
        [rows.map(({ id }) => id), rows.map(({ name }) => keyOf(name))],
      );
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
