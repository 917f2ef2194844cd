import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fill } from './fill.js';

/*
 * `DATABASE_URL=… npm run release:dump`: fills an empty database by this release, and writes what the test of the next
 * release's upgrade needs to test/faults/release: the dump, and the secrets that must still be good after it. Needs pg_dump.
 */
const FOLDER = new URL('../../test/faults/release/', import.meta.url);
const PORT = '3978';
/** The settings that stored values depend on: cheap hashes, and long steps of an authenticator. */
const SETTINGS = {
  SECRET_KEY: Buffer.alloc(32, 'upgrade').toString('base64'),
  TOTP_STEP_SECONDS: '3600',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_TIME_COST: '1',
};
const { DATABASE_URL = '', PATH } = process.env;

const server = spawn(process.execPath, ['dist/main.js'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    PATH,
    DATABASE_URL,
    PORT,
    NODE_ENV: 'test',
    THROTTLE_ENABLED: 'false',
    LOG_LEVEL: 'warn',
    // Nobody listens there: every mail waits in the queue
    SMTP_URL: 'smtp://127.0.0.1:1',
    ...SETTINGS,
  },
});
try {
  const secrets = await fill(`http://127.0.0.1:${PORT}`);
  server.kill('SIGTERM');
  await once(server, 'exit');
  const options = [
    '--inserts',
    '--no-owner',
    '--no-privileges',
    '--no-comments',
    '--enable-row-security',
    DATABASE_URL,
  ];
  // The rows of every tenant: row-level security applies to the owner of the tables, too
  const env = { PATH, PGOPTIONS: '-c gatehouse.tenant=*' };
  const { status, stdout, stderr } = spawnSync('pg_dump', options, {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  // Commands of psql, which the driver does not know
  const sql = stdout.replace(/^\\.*$/gm, '').replace(/^--.*\n/gm, '');
  writeFileSync(new URL('dump.sql.gz', FOLDER), gzipSync(sql, { level: 9 }));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const described = { version, at: new Date().toISOString(), settings: SETTINGS, ...secrets };
  writeFileSync(new URL('secrets.json', FOLDER), `${JSON.stringify(described, null, 2)}\n`);
} finally {
  server.kill('SIGKILL');
}
