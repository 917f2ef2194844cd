import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every change of a role gives it a new random revision, whichever release or operator writes it, so that a server can keep
 * parsed permissions by it. A counter could name different permissions after a fail-over that lost the last changes. A
 * role that has not changed since this migration has none: its id stands for it. Nothing is rewritten.
 */
export class NameRevisionsOfRoles2026112745015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE roles ADD COLUMN revision uuid;
      CREATE FUNCTION renew_role_revision() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          NEW.revision := gen_random_uuid();
          RETURN NEW;
        END $$;
      CREATE TRIGGER roles_revision BEFORE INSERT OR UPDATE ON roles
        FOR EACH ROW EXECUTE FUNCTION renew_role_revision();
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}
