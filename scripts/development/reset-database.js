import { exitOnFailure } from '../../dist/boot/exit-on-failure.js';
import { loadForCommand } from '../../dist/boot/load-environment.js';
import { openDatabase } from '../../dist/boot/open-database.js';
import { Log } from '../../dist/common/log.js';
import { isLoopback } from '../../dist/common/host.js';
import { DataSource } from 'typeorm';

/*
 * `npm run db:reset [-- --yes]`: an empty, migrated development database. The embedded one must not be in use. A database
 * on another machine is only emptied with `--yes`, and none where NODE_ENV is production.
 */

await exitOnFailure(async () => {
  const config = loadForCommand();
  const refusal = reasonAgainst(config);
  if (refusal) {
    process.stderr.write(`${refusal}\n`);
    process.exitCode = 1;
    return;
  }
  if (config.DATABASE_URL) await empty(config.DATABASE_URL);
  else await emptyEmbedded(config.DATA_DIR);
  await (await openDatabase(config, new Log(config.LOG_LEVEL), { migrates: true })).close();
  process.stdout.write('The database is empty and migrated.\n');
});

function reasonAgainst({ isProduction, DATABASE_URL: url }) {
  if (isProduction) return 'NODE_ENV is production: nothing is reset.';
  const { hostname = 'localhost' } = url ? new URL(url) : {};
  if (hostname === '' || isLoopback(hostname) || process.argv.includes('--yes')) return null;
  return `DATABASE_URL is on ${hostname}: to delete everything in it, run npm run db:reset -- --yes`;
}

async function emptyEmbedded(dataDir) {
  const { EmbeddedPostgres } = await import('../../dist/dev/embedded-postgres/embedded-postgres.js');
  const postgres = await EmbeddedPostgres.start(dataDir, () => undefined);
  try {
    await empty(postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function empty(url) {
  const database = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    const schemas = await database.query(
      `SELECT quote_ident(nspname) AS name FROM pg_namespace
       WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`,
    );
    for (const { name } of schemas) await database.query(`DROP SCHEMA ${name} CASCADE`);
    await database.query('CREATE SCHEMA public');
  } finally {
    await database.destroy();
  }
}
