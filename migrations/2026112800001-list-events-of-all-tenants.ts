import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators filter by, across tenants, in the order of their lists. */
export class ListEventsOfAllTenants2026112800001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Both grow at their ends: a new event is the last one of its action
      CREATE INDEX audit_events_time_idx ON audit_events (occurred_at DESC, id DESC);
      CREATE INDEX audit_events_kind_idx ON audit_events (action, occurred_at DESC, id DESC);

      -- Beside the one of suspended tenants
      CREATE INDEX tenants_active_idx ON tenants (id) WHERE status = 'active';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
