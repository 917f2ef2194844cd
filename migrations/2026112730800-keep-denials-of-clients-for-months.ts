import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds an action to those that the server may delete within a year. */
export class KeepDenialsOfClientsForMonths2026112730800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        EXECUTE replace(
          pg_get_functiondef('thin_audit_month(date,text,integer,text[],uuid,integer)'::regprocedure),
          '''api_key.refused''', '''api_key.refused'', ''service_account.refused''');
      END $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
