import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import { until } from '../../../test/support/until.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { stopOrphan } from './postmaster.js';
import { isPostmasterOf, readPostmasterPid } from './postmaster-pid.js';
import { findRunningDatabase } from './running-database.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Inside the checkout, so that the packages are found from there. */
const BUILD = fileURLToPath(
  new URL(`../../../node_modules/.cache/embedded-postgres-spec-${process.pid}/`, import.meta.url),
);
const SERVER = `
import { EmbeddedPostgres } from ${JSON.stringify(pathToFileURL(`${BUILD}embedded-postgres.js`).href)};
import pg from 'pg';
const database = await EmbeddedPostgres.start(process.argv[2], () => undefined);
process.on('SIGINT', async () => {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('SELECT pg_sleep(0.2)');
  await client.end();
  await database.stop();
  process.exit(42);
});
process.stdout.write(database.url + '\\n');
setInterval(() => undefined, 1000);
`;

/** For tests that need no new cluster: `initdb` takes most of the time. */
let shared: string;
const folders: string[] = [];
const servers: ChildProcess[] = [];

beforeAll(() => {
  fs.mkdirSync(BUILD, { recursive: true });
  for (const name of fs.readdirSync(HERE).filter((file) => !file.includes('spec'))) {
    const { code } = transformFileSync(join(HERE, name), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    fs.writeFileSync(BUILD + name.replace(/\.ts$/, '.js'), code);
  }
  fs.writeFileSync(`${BUILD}package.json`, '{"type":"module"}');
  fs.writeFileSync(`${BUILD}server.js`, SERVER);
  shared = makeFolder();
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (server.exitCode !== null || server.signalCode !== null) continue;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
  for (const folder of folders) await stopOrphan(join(folder, 'postgres'), () => undefined);
});
afterAll(() => {
  for (const folder of [BUILD, ...folders]) fs.rmSync(folder, { recursive: true, force: true });
});

/**
 * Mode 0700, as `mkdtemp` sets it: run by root, these tests all work in a folder that PostgreSQL's user cannot enter.
 */
function makeFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-embedded-'));
  folders.push(folder);
  return folder;
}

async function start(folder: string, log: string[] = []): Promise<EmbeddedPostgres> {
  return EmbeddedPostgres.start(folder, (line) => log.push(line));
}

/** Starts it in another process, which a test can kill. */
async function startElsewhere(folder: string): Promise<{ process: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [`${BUILD}server.js`, folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(server);
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  return { process: server, url: line.toString().trim() };
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows;
  } finally {
    await client.end();
  }
}

describe('an embedded database', () => {
  it('keeps its data and its password over a restart, and is durable', async () => {
    const first = await start(shared);
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS seven');
    await first.stop();

    const second = await start(shared);
    expect(await query(second.url, 'SELECT seven FROM kept')).toEqual([[7]]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    const settings = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'server_encoding',
      'listen_addresses',
    ];
    expect(
      await query(second.url, `SELECT ${settings.map((name) => `current_setting('${name}')`).join()}`),
    ).toEqual([['on', 'on', 'on', 'UTF8', '127.0.0.1']]);
    await second.stop();
    await second.stop();
  });

  it('lets nobody in without the password, and does not hand out a superuser', async () => {
    const database = await start(shared);
    const anonymous = Object.assign(new URL(database.url), { password: 'guess' });
    await expect(query(anonymous.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(await query(database.url, "SELECT current_setting('is_superuser'), lower('ÄÖ')")).toEqual([
      ['off', 'äö'],
    ]);
    expect(fs.statSync(join(shared, 'postgres-password')).mode & 0o777).toBe(0o600);
    await database.stop();
  });

  it('is found by the programs beside the server, as long as it runs', async () => {
    const database = await start(shared);
    const found = findRunningDatabase(shared) ?? '';
    expect(await query(found, 'SELECT current_user::text')).toEqual(
      await query(database.url, 'SELECT current_user::text'),
    );
    await database.stop();
    expect([findRunningDatabase(shared), findRunningDatabase('/nonexistent')]).toEqual([null, null]);
  });

  it('runs beside that of another folder', async () => {
    const [one, two] = await Promise.all([start(shared), start(makeFolder())]);
    await query(one.url, 'CREATE TABLE IF NOT EXISTS mine ()');
    expect(await query(two.url, "SELECT to_regclass('mine')")).toEqual([[null]]);
    await Promise.all([one.stop(), two.stop()]);
  });

  it('serves one of two servers that start at once on a fresh folder, and tells the other who it is', async () => {
    const folder = makeFolder();
    const outcomes = await Promise.allSettled([start(folder), start(folder)]);
    const [won] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const [lost] = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    );
    expect(lost).toContain('is in use by process');
    expect(await query(won!.url, 'SELECT 1')).toEqual([[1]]);
    await won!.stop();
  });
});

/** The shell that stops PostgreSQL after a killed server. */
function findWatchdog(server: ChildProcess): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const watchdog = lines
    .map((line) => line.trim().split(/\s+/))
    .find(([, parent, ...args]) => Number(parent) === server.pid && args.includes('gatehouse-watchdog'));
  return Number(watchdog?.[0]);
}

describe('the server that uses an embedded database', () => {
  it('never leaves it running when it is killed', async () => {
    const killed = await startElsewhere(shared);
    const orphan = readPostmasterPid(join(shared, 'postgres'))!.pid;
    expect(isPostmasterOf(join(shared, 'postgres'), orphan)).toBe(true);
    killed.process.kill('SIGKILL');
    await until(() => !isPostmasterOf(join(shared, 'postgres'), orphan));
    await expect(query(killed.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');

    const log: string[] = [];
    const next = await start(shared, log);
    expect(log.join()).not.toContain('left its PostgreSQL running');
    await next.stop();
  });

  it('leaves every committed row to the next start when it is killed together with its watchdog', async () => {
    const killed = await startElsewhere(shared);
    await query(killed.url, 'DROP TABLE IF EXISTS survived');
    await query(killed.url, 'CREATE TABLE survived AS SELECT 8 AS eight');
    const orphan = readPostmasterPid(join(shared, 'postgres'))!.pid;
    process.kill(findWatchdog(killed.process), 'SIGKILL');
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    process.kill(orphan, 0);

    const log: string[] = [];
    const next = await start(shared, log);
    expect(log.join()).toContain(`left its PostgreSQL running (process ${orphan})`);
    expect(await query(next.url, 'SELECT eight FROM survived')).toEqual([[8]]);
    await expect(query(killed.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await next.stop();
  });

  it('keeps it against a second server, which learns who has it', async () => {
    const first = await startElsewhere(shared);
    await expect(start(shared)).rejects.toThrow(
      `is in use by process ${first.process.pid}. Stop that one first`,
    );
    expect(await query(first.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('still has it while it shuts down after Ctrl-C', async () => {
    const server = await startElsewhere(shared);
    process.kill(-server.process.pid!, 'SIGINT');
    expect(await once(server.process, 'exit')).toEqual([42, null]);
    expect(readPostmasterPid(join(shared, 'postgres'))).toBeNull();
  });

  it('hears of its end', async () => {
    const database = await start(shared);
    const pid = readPostmasterPid(join(shared, 'postgres'))!.pid;
    process.kill(pid, 'SIGQUIT');
    expect(await database.lost).toContain('ended unexpectedly');
    await database.stop();
  });
});

describe('the folder of an embedded database', () => {
  it('may hold the lock file of a process whose number somebody else has now', async () => {
    await (await start(shared)).stop();
    const cluster = join(shared, 'postgres');
    const { uid, gid } = fs.statSync(cluster);
    const stranger = spawn('sleep', ['60'], process.geteuid?.() === 0 ? { uid, gid, cwd: '/' } : {});
    servers.push(stranger);
    fs.writeFileSync(
      join(cluster, 'postmaster.pid'),
      `${stranger.pid}\n${cluster}\n1795303286\n5432\n\n\n 1 1\n`,
    );
    fs.chownSync(join(cluster, 'postmaster.pid'), uid, gid);

    const database = await start(shared);
    expect(await query(database.url, 'SELECT 1')).toEqual([[1]]);
    expect(stranger.signalCode).toBeNull();
    await database.stop();
  });

  it('may hold an interrupted initdb, which is done again', async () => {
    const folder = makeFolder();
    fs.mkdirSync(join(folder, 'postgres.unfinished-a1b2c3', 'base'), { recursive: true });
    fs.writeFileSync(join(folder, 'postgres.unfinished-a1b2c3', 'PG_VERSION'), '18\n');
    fs.writeFileSync(join(folder, 'postgres-password'), '');
    const database = await start(folder);
    expect(await query(database.url, 'SELECT 1')).toEqual([[1]]);
    await database.stop();
    expect(fs.readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('is left as it is where something else stands in the place of the database', async () => {
    const folder = makeFolder();
    fs.mkdirSync(join(folder, 'postgres'));
    fs.writeFileSync(join(folder, 'postgres', 'note.txt'), 'dear');
    if (process.geteuid?.() === 0) {
      await expect(start(folder)).rejects.toThrow('belongs to root');
      fs.chownSync(join(folder, 'postgres'), 65534, 65534);
    }
    await expect(start(folder)).rejects.toThrow('is in the place of the embedded database and is not one');
    expect(fs.readdirSync(join(folder, 'postgres'))).toEqual(['note.txt']);
  });
});

describe('an embedded database that cannot start', () => {
  it('says so for the cluster of another version, for a lost or foreign password, and for what PostgreSQL reports', async () => {
    const cluster = join(shared, 'postgres');
    const password = join(shared, 'postgres-password');
    const first = await start(shared);
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS seven');
    await first.stop();

    fs.writeFileSync(join(cluster, 'PG_VERSION'), '15\n');
    await expect(start(shared)).rejects.toThrow(/was made by PostgreSQL 15, and this is PostgreSQL 18/);
    fs.writeFileSync(join(cluster, 'PG_VERSION'), '18\n');

    const secret = fs.readFileSync(password, 'utf8');
    fs.rmSync(password);
    await expect(start(shared)).rejects.toThrow(/Restore that file/);
    fs.writeFileSync(password, 'another');
    await expect(start(shared)).rejects.toThrow(/refuses the password/);
    fs.writeFileSync(password, secret);

    fs.appendFileSync(join(cluster, 'postgresql.conf'), "shared_buffers = 'plenty'\n");
    await expect(start(shared)).rejects.toThrow(/did not start: it ended with exit code 1.*shared_buffers/s);
    fs.appendFileSync(join(cluster, 'postgresql.conf'), "shared_buffers = '64MB'\n");

    const last = await start(shared);
    expect(await query(last.url, 'SELECT seven FROM kept')).toEqual([[7]]);
    await last.stop();
  });
});
