import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenDatabase } from '../../src/boot/open-database.js';
import { Log } from '../../src/common/log.js';
import { loadConfig } from '../../src/config/config.js';
import { PATIENT_DATABASE, secretKeyOf } from './server.js';
import type { TestDatabase } from './test-database.js';

const MODULE = pathToFileURL(resolve('dist/boot/open-database.js')).href;

/**
 * Connections as the server opens its own. With `asOwner`, as on a database where the server cannot create a role: by
 * a user who owns the tables and has no other right. Until they are closed, the tables belong to that user.
 */
export async function openAsServer(
  database: TestDatabase,
  { asOwner = false, settings = {} }: { asOwner?: boolean; settings?: Record<string, string> },
): Promise<OpenDatabase> {
  const { openDatabase } = (await import(MODULE)) as typeof import('../../src/boot/open-database.js');
  const owner = asOwner ? await lendToOwner(database) : null;
  const config = loadConfig({
    SECRET_KEY: secretKeyOf(database.url),
    DATABASE_URL: owner?.url ?? database.url,
    LOG_LEVEL: 'error',
    ...PATIENT_DATABASE,
    ...settings,
  });
  try {
    const opened = await openDatabase(config, new Log('error'), { migrates: false });
    return {
      ...opened,
      close: async () => {
        await opened.close();
        await owner?.giveBack();
      },
    };
  } catch (error) {
    await owner?.giveBack();
    throw error;
  }
}

async function lendToOwner(database: TestDatabase): Promise<{ url: string; giveBack: () => Promise<void> }> {
  const [name, password] = [`owner_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')];
  const [before] = await database.query<{ user: string }>('SELECT quote_ident(current_user) AS user');
  const giveTo = async (role: string) => {
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const table of tables) await database.query(`ALTER TABLE ${table.name} OWNER TO ${role}`);
  };
  await database.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  await database.query(`GRANT ${name} TO CURRENT_USER`);
  await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${name}`);
  await giveTo(name);
  const url = new URL(database.url);
  [url.username, url.password] = [name, password];
  return {
    url: url.href,
    giveBack: async () => {
      await giveTo(before?.user ?? '');
      await database.query(`DROP OWNED BY ${name}`);
      await database.query(`DROP ROLE ${name}`);
    },
  };
}
