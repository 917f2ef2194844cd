import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SearchByLongerParts2026112609852 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Its successor is made by SearchMembersOfATenant: two of them would take minutes where there are millions of people
      DROP INDEX IF EXISTS users_search_idx;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
