import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Config } from '@jest/types';
import { Client } from 'pg';
import type * as EmbeddedPostgresFile from '../../src/dev/embedded-postgres/embedded-postgres.js';
import type * as TemplateFile from '../../src/dev/embedded-postgres/template.js';

/*
 * Jest loads this file outside the module mapper, so it imports packages, the built server and types only, never a
 * sibling (loadServer is the beginning of loaded-process.ts). Spec files get its values in the environment of the workers.
 */

/**
 * This PostgreSQL is never crashed: crash tests use databases of their own. And its databases live for seconds: a worker
 * of autovacuum would visit each of them, all the time.
 */
const OFF = ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum'];
const MIGRATED = 'gatehouse_test_template';

export interface TestRun {
  reaper: ChildProcess;
  stopPostgres: () => Promise<void>;
}

/** One PostgreSQL and one migrated template database for the whole run; spec files clone the template. */
export default async function globalSetup(
  _run: Config.GlobalConfig,
  { displayName }: Config.ProjectConfig,
): Promise<void> {
  if (!existsSync('dist/main.js'))
    throw new Error('The end-to-end suites run the built server: npm run build');
  const runDir = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  mkdirSync(join(runDir, 'pids'));
  const reaper = startReaper(runDir);
  const loaded = displayName?.name === 'e2e' ? loadServer(runDir) : Promise.resolve();
  // Awaited below, unless PostgreSQL does not start
  loaded.catch(() => undefined);
  const prefix = `gatehouse_test_${randomBytes(4).toString('hex')}`;
  const postgres = await startPostgres(runDir, prefix);
  await loaded;

  process.env.GATEHOUSE_TEST_RUN_DIR = runDir;
  process.env.GATEHOUSE_TEST_DATABASE_URL = postgres.url;
  process.env.GATEHOUSE_TEST_PREFIX = prefix;
  (globalThis as { gatehouseTestRun?: TestRun }).gatehouseTestRun = { reaper, stopPostgres: postgres.stop };
}

/** Loads the program, for the first spec file that asks for a `WarmServer`, while PostgreSQL starts. */
async function loadServer(runDir: string): Promise<void> {
  const [socket, logFile] = [join(runDir, 'warm-first.socket'), join(runDir, 'warm-first.log')];
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['test/support/warm-server-process.mjs', socket], {
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  writeFileSync(join(runDir, 'pids', String(child.pid)), '');
  const listens = once(child, 'message').then(() => true);
  if (!(await Promise.race([listens, once(child, 'exit').then(() => false)])))
    throw new Error(`The built server does not load: ${readFileSync(logFile, 'utf8')}`);
  child.disconnect();
  child.unref();
  writeFileSync(join(runDir, 'warm-first.json'), JSON.stringify({ socket, logFile }));
}

async function startPostgres(
  runDir: string,
  prefix: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const template = `${prefix}_template`;
  const leaveToReaper = (url: string) =>
    writeFileSync(join(runDir, 'databases.json'), JSON.stringify({ url, prefix }));
  if (process.env.TEST_DATABASE_URL) {
    const url = process.env.TEST_DATABASE_URL;
    leaveToReaper(url);
    await createMigrated(url, template);
    return { url, stop: () => Promise.resolve() };
  }
  const { EmbeddedPostgres } = await built<typeof EmbeddedPostgresFile>(
    'dev/embedded-postgres/embedded-postgres.js',
  );
  const { findTemplate, copyTemplate } = await built<typeof TemplateFile>(
    'dev/embedded-postgres/template.js',
  );
  const dataDir = join(runDir, 'postgres');
  mkdirSync(dataDir);
  const prepare = async (folder: string) => {
    const postgres = await EmbeddedPostgres.start(folder, () => undefined);
    await createMigrated(postgres.url, MIGRATED);
    const superuser = Object.assign(new URL(postgres.url), { username: 'postgres' }).href;
    for (const setting of OFF) await execute(superuser, `ALTER SYSTEM SET ${setting} = off`);
    await postgres.stop();
  };
  await copyTemplate(await findTemplate(await keyOfCluster(), runDir, prepare), dataDir);
  const postgres = await EmbeddedPostgres.start(dataDir, () => undefined);
  leaveToReaper(postgres.url);
  await execute(postgres.url, `ALTER DATABASE ${MIGRATED} RENAME TO ${template}`);
  return { url: postgres.url, stop: () => postgres.stop() };
}

/** Changes with every folder whose code decides what the cluster holds, so that a run never starts with an old one. */
async function keyOfCluster(): Promise<string> {
  const { templateKey } = await built<typeof TemplateFile>('dev/embedded-postgres/template.js');
  const files = [
    'migrations/index.js',
    'database/migrate.js',
    'boot/open-database.js',
    'dev/embedded-postgres/cluster.js',
  ];
  return templateKey('dist/migrate.js', ...files.map((file) => templateKey(join('dist', file))), ...OFF);
}

const built = <Module>(file: string) => import(pathToFileURL(resolve('dist', file)).href) as Promise<Module>;

async function createMigrated(url: string, name: string): Promise<void> {
  await execute(url, `CREATE DATABASE ${name}`);
  await migrate(databaseUrl(url, name));
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
