import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';

/*
 * Jest loads this file outside the module mapper, so it imports packages and the built server only, never a sibling.
 * Spec files get its values in the environment of the workers.
 */

interface EmbeddedPostgresModule {
  EmbeddedPostgres: {
    start(dataDir: string, log: (line: string) => void): Promise<{ url: string; stop(): Promise<void> }>;
  };
}

export interface TestRun {
  reaper: ChildProcess;
  stopPostgres: () => Promise<void>;
}

/** One PostgreSQL and one migrated template database for the whole run; spec files clone the template. */
export default async function globalSetup(): Promise<void> {
  if (!existsSync('dist/main.js'))
    throw new Error('The end-to-end suites run the built server: npm run build');
  const runDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  mkdirSync(join(runDir, 'pids'));
  const reaper = startReaper(runDir);
  const postgres = await startPostgres(runDir);

  const prefix = `gatehouse_test_${randomBytes(4).toString('hex')}`;
  const template = `${prefix}_template`;
  writeFileSync(join(runDir, 'databases.json'), JSON.stringify({ url: postgres.url, prefix }));
  await execute(postgres.url, `CREATE DATABASE ${template}`);
  await migrate(databaseUrl(postgres.url, template));

  process.env.GATEHOUSE_TEST_RUN_DIR = runDir;
  process.env.GATEHOUSE_TEST_DATABASE_URL = postgres.url;
  process.env.GATEHOUSE_TEST_PREFIX = prefix;
  (globalThis as { gatehouseTestRun?: TestRun }).gatehouseTestRun = { reaper, stopPostgres: postgres.stop };
}

async function startPostgres(runDir: string): Promise<{ url: string; stop: () => Promise<void> }> {
  if (process.env.TEST_DATABASE_URL) {
    return { url: process.env.TEST_DATABASE_URL, stop: () => Promise.resolve() };
  }
  const module = pathToFileURL(resolve('dist/dev/embedded-postgres/embedded-postgres.js')).href;
  const { EmbeddedPostgres } = (await import(module)) as EmbeddedPostgresModule;
  const postgres = await EmbeddedPostgres.start(join(runDir, 'postgres'), () => undefined);
  // This PostgreSQL is never crashed: crash tests use databases of their own. Databases live for seconds: a worker of
  // autovacuum would visit each of them, all the time
  const superuser = Object.assign(new URL(postgres.url), { username: 'postgres' }).href;
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum'])
    await execute(superuser, `ALTER SYSTEM SET ${setting} = off`);
  await execute(superuser, 'SELECT pg_reload_conf()');
  return { url: postgres.url, stop: () => postgres.stop() };
}

async function migrate(url: string): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    DATABASE_URL: url,
    DATABASE_CONNECT_SECONDS: '600',
  };
  await promisify(execFile)(process.execPath, ['dist/migrate.js'], { env });
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function databaseUrl(base: string, database: string): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  return url.href;
}

/**
 * A process that outlives this one, however this one ends, and then removes what is left: servers by their recorded
 * process ids, databases by the run's prefix, PostgreSQL, the run's folder.
 */
function startReaper(runDir: string): ChildProcess {
  const reaper = spawn(process.execPath, ['-e', `(${reap.toString()})()`, runDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  reaper.unref();
  void once(reaper, 'error');
  return reaper;
}

/** Runs as the text of its own process: it may use nothing but what it imports inside. */
function reap(): void {
  const fs = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  const { createRequire } = process.getBuiltinModule('node:module');
  const runDir = process.argv[1] ?? '';
  const kill = (pid: number, signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  const dropDatabases = async (): Promise<void> => {
    const { url, prefix } = JSON.parse(fs.readFileSync(path.join(runDir, 'databases.json'), 'utf8')) as {
      url: string;
      prefix: string;
    };
    const { Client: Connection } = createRequire(path.join(process.cwd(), 'package.json'))(
      'pg',
    ) as typeof import('pg');
    const client = new Connection({ connectionString: url });
    await client.connect();
    const found = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of found.rows)
      await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
    await client.end();
  };
  const findPostmasters = (folder: string): number[] =>
    fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const inner = path.join(folder, entry.name);
      if (entry.isDirectory()) return findPostmasters(inner);
      return entry.name === 'postmaster.pid' ? [Number(fs.readFileSync(inner, 'utf8').split('\n')[0])] : [];
    });
  const stopPostgres = async (): Promise<void> => {
    const postmasters = findPostmasters(runDir);
    for (const pid of postmasters) kill(pid, 'SIGINT');
    for (let waited = 0; postmasters.some((pid) => kill(pid, 0)) && waited < 100; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const pid of postmasters) kill(pid, 'SIGKILL');
  };
  process.stdin.resume().on('end', () => {
    for (const pid of fs.readdirSync(path.join(runDir, 'pids'))) kill(Number(pid), 'SIGKILL');
    void dropDatabases()
      .catch(() => undefined)
      .then(stopPostgres)
      .catch(() => undefined)
      .then(() => fs.rmSync(runDir, { recursive: true, force: true }));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
