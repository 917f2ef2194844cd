import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads `.env`, as the server does; variables that are set already win. */
export function loadEnvironment() {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/**
 * The address of the development database: DATABASE_URL, or the embedded PostgreSQL of a server that runs. Throws, with
 * what to do, where there is neither.
 */
export function developmentDatabase() {
  if (process.env.DATABASE_URL) return new URL(process.env.DATABASE_URL);
  const folder = process.env.DATA_DIR || '.data';
  const port = runningPort(join(folder, 'postgres', 'postmaster.pid'));
  if (port === null)
    throw new Error(
      `No embedded database runs in ${folder}: run npm start first, or set DATA_DIR or DATABASE_URL.`,
    );
  const url = new URL(`postgresql://gatehouse@127.0.0.1:${port}/gatehouse`);
  url.password = readFileSync(join(folder, 'postgres-password'), 'utf8').trim();
  return url;
}

/** The port in PostgreSQL's lock file, if the process that wrote it is alive; a killed server leaves the file behind. */
function runningPort(lockFile) {
  if (!existsSync(lockFile)) return null;
  const [pid, , , port] = readFileSync(lockFile, 'utf8').split('\n');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code !== 'EPERM') return null; // EPERM: alive, and another user's
  }
  return Number(port) || null;
}
