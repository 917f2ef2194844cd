import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountRefreshes2026112609842 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions
        ADD COLUMN refresh_count integer NOT NULL DEFAULT 0,
        ADD COLUMN first_refreshed_at timestamptz,
        ADD COLUMN last_refreshed_at timestamptz,
        -- Of the last refresh; null before the first, which came from where the session was opened
        ADD COLUMN last_address text,
        ADD COLUMN last_user_agent text,
        -- The last refresh that came from another block of addresses or another user agent than the one before
        ADD COLUMN moved_at timestamptz;

      -- IPv4 by /24, IPv6 by /48: within one, an address changes without its user going anywhere
      CREATE FUNCTION address_block(address text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE
          WHEN address ~ '^(::ffff:)?[0-9]+([.][0-9]+){3}$' THEN regexp_replace(address, '^(::ffff:)?(.*)[.][0-9]+$', '\\2')
          WHEN address LIKE '%:%' THEN host(network(set_masklen(split_part(address, '%', 1)::inet, 48)))
          ELSE address END;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
