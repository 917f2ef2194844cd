import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SearchByLongerParts2026112609852 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Parts of six characters are rare, even in e-mail addresses, of which most parts of three are in a million others
      DROP INDEX IF EXISTS users_search_idx;
      CREATE INDEX users_search_idx ON users
        USING gin (text_parts(search_text(first_name, last_name, email, phone), 1, 2, 3, 6));
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
