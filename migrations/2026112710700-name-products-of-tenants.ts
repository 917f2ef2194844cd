import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The product of the tenants of earlier versions follows from the roles that they began with. */
export class NameProductsOfTenants2026112710700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      WITH products AS (
        SELECT tenant_id, CASE
          WHEN array_agg(key) @> '{owner,accountant}' THEN 'katixo'
          WHEN array_agg(key) @> '{admin,user}' THEN 'primary'
          WHEN array_agg(key) @> '{admin,member}' THEN 'datixlab' END AS product
        FROM roles GROUP BY tenant_id)
      UPDATE tenants t SET product = p.product FROM products p
      WHERE t.id = p.tenant_id AND t.product IS NULL AND p.product IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
