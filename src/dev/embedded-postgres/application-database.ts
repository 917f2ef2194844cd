import { Client } from 'pg';
import { SUPERUSER } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { Layout } from './layout.js';

const NAME = 'gatehouse';

/**
 * Creates the application's role and database if they are missing, and returns their URL. The role owns its database
 * and may create databases and roles. It is not a superuser, so it cannot read files, and row-level security applies to
 * it.
 */
export async function ensureDatabase(layout: Layout, port: number, password: string): Promise<string> {
  const client = new Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres' });
  client.on('error', () => undefined); // A lost connection also rejects the pending statement
  try {
    await client.connect();
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
      [NAME],
    );
    if (!rows[0]?.role) {
      await client.query(
        `CREATE ROLE ${NAME} LOGIN CREATEDB CREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
      );
    }
    if (!rows[0]?.database) await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME}`);
  } catch (error) {
    throw (error as { code?: string }).code === '28P01' ? wrongPassword(layout, error) : error;
  } finally {
    await client.end();
  }
  return databaseUrl(port, password);
}

/** The address of the application's database. */
export function databaseUrl(port: number, password: string): string {
  return `postgresql://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;
}

function wrongPassword(layout: Layout, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded database refuses the password in ${layout.password}. Restore the file that belongs to ` +
      `${layout.cluster}, or move that folder away to begin with an empty database.`,
    cause,
  );
}
