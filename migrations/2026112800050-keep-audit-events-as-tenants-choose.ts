import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tenants may choose for how long their events are kept, so a choice must cost little: the events of those who have chosen
 * are found by the indexes on tenants, and after a change only months are looked at again that can hold events of it.
 */
export class KeepAuditEventsAsTenantsChoose2026112800050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FIND_BY_TENANT);
    await runner.query(FORGET_ONE_SHARE);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only');
  }
}

const FIND_BY_TENANT = `
  DO $$
  DECLARE
    present text := pg_get_functiondef('thin_audit_month(date,text,integer,text[],uuid,integer)'::regprocedure);
    changed text := replace(present, 'WHERE id > $1 ORDER BY id LIMIT $2',
      'WHERE id > $1 AND ($5 IS NULL OR (action = ANY ($3) AND tenant_id = ANY (ARRAY(
         SELECT o.id FROM public.tenants o
         WHERE (CASE $4 WHEN ''''sign-ins'''' THEN o.audit_sign_ins_months WHEN ''''changes'''' THEN o.audit_changes_months END)
           = $5))))
         ORDER BY id LIMIT $2');
  BEGIN
    IF changed = present THEN RAISE 'thin_audit_month is not as expected'; END IF;
    EXECUTE changed;
  END $$;`;

const FORGET_ONE_SHARE = `
  CREATE OR REPLACE FUNCTION forget_thinned_months() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.audit_sign_ins_months IS DISTINCT FROM OLD.audit_sign_ins_months THEN
      DELETE FROM partitions.thinned_months WHERE kind = 'sign-ins' || COALESCE(':' || NEW.audit_sign_ins_months, '');
    END IF;
    IF NEW.audit_changes_months IS DISTINCT FROM OLD.audit_changes_months THEN
      DELETE FROM partitions.thinned_months WHERE kind = 'changes' || COALESCE(':' || NEW.audit_changes_months, '');
    END IF;
    RETURN NULL;
  END $$;`;
