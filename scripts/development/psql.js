import { spawn } from 'node:child_process';
import { developmentDatabase, loadEnvironment } from './database.js';

/*
 * `npm run psql [-- psql's options]`: psql on the development database, where row-level security shows the rows of every
 * tenant. The password is passed in the environment, where other users of the machine do not see it.
 */
loadEnvironment();
try {
  open(developmentDatabase());
} catch (error) {
  fail(error.message);
}

function open(url) {
  const password = decodeURIComponent(url.password);
  url.password = '';
  const options = `${process.env.PGOPTIONS ?? ''} -c gatehouse.tenant=*`.trim();
  const psql = spawn('psql', [`--dbname=${url.href}`, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PGOPTIONS: options, ...(password && { PGPASSWORD: password }) },
  });
  // psql itself uses Ctrl-C to cancel a statement
  process.on('SIGINT', () => undefined);
  psql.once('error', (error) =>
    fail(
      error.code === 'ENOENT'
        ? `psql is not installed (on Debian: postgresql-client). Any other client can connect to ${url.href}.`
        : error.message,
    ),
  );
  psql.once('exit', (code) => (process.exitCode = code ?? 1));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
