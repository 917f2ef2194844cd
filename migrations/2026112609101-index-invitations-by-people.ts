import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexInvitationsByPeople2026112609101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The invitations that an account has sent, and those that made members: read at every verification
      CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
      CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
