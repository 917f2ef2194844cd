import type { DataSource } from 'typeorm';
import { grantApplicationRole } from './application-role.js';

/** Identifies our advisory lock. The value is arbitrary, but must be the same in every version of Gatehouse. */
const MIGRATION_LOCK = 7_303_014_001;

/**
 * Applies the pending migrations and returns their names. Several servers may call it at once: one migrates, the others
 * wait.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    await grantApplicationRole(lock);
    return applied.map((migration) => migration.name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
}
