import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindActsOfAPersonInATenant2026112609210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For each new row the server reads whether the person has acted in its tenant before
      DROP INDEX audit_events_actor_idx;
      CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, tenant_id, occurred_at DESC, id DESC);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
