import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenDatabase } from '../../src/boot/open-database.js';
import { Log } from '../../src/common/log.js';
import { loadConfig } from '../../src/config/config.js';
import { Client } from '../support/client.js';
import { Given } from '../support/given.js';
import { itLong } from '../support/long.js';
import { PATIENT_DATABASE, Server, type Settings } from '../support/server.js';

/** No DATABASE_URL: the server starts its own PostgreSQL. */
const EMBEDDED: Settings = { DATABASE_URL: null, MIGRATE_ON_START: null, SECRET_KEY: null };

const OPEN_DATABASE = pathToFileURL(resolve('dist/boot/open-database.js')).href;

function findPostmasters(folder: string): number[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findPostmasters(path);
    return entry.name === 'postmaster.pid' ? [Number(readFileSync(path, 'utf8').split('\n')[0])] : [];
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the embedded database', () => {
  let dataDir: string;
  let server: Server;
  const clients: Client[] = [];
  const newClient = (): Client => {
    const client = new Client(server.origin);
    clients.push(client);
    return client;
  };
  const given = new Given(newClient);

  beforeAll(async () => {
    dataDir = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'embedded-'));
    server = await Server.start({ ...EMBEDDED, DATA_DIR: dataDir });
  });

  beforeEach(async () => {
    if (!server.isRunning) await server.run();
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('serves the whole journey', async () => {
    const owner = await given.tenant();
    const member = await given.member(owner, 'manager');
    expect((await given.login(member)).user.role).toBe('manager');
  });

  it('keeps the key that it generated readable for its owner only', () => {
    expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600);
  });

  it('has everything after the server was killed, and reuses the orphaned PostgreSQL', async () => {
    const owner = await given.tenant();
    const orphans = findPostmasters(dataDir);
    await server.kill();
    await server.run();

    expect(orphans).toHaveLength(1);
    expect((await given.login(owner)).user.id).toBe(owner.user.id);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect(findPostmasters(dataDir)).toHaveLength(1);
  });

  it('is a separate one for every folder, and stops with what has started it', async () => {
    const owner = await given.tenant();
    const folder = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'embedded-'));
    const other = await openEmbedded(folder);
    const [postmaster = 0] = findPostmasters(folder);
    try {
      expect(await emailsIn(other)).not.toContain(owner.email);
      expect(isRunning(postmaster)).toBe(true);
      expect(findPostmasters(dataDir)).not.toContain(postmaster);
    } finally {
      await other.close();
    }
    expect([isRunning(postmaster), existsSync(folder)]).toEqual([false, true]);
    rmSync(folder, { recursive: true });
  });

  it('ends the server with exit code 1 and the reason if it is killed, and has everything when it is started again', async () => {
    const owner = await given.tenant();
    const [postmaster = 0] = findPostmasters(dataDir);
    const ended = server.ended();
    process.kill(postmaster, 'SIGKILL');
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toContain('The embedded PostgreSQL ended unexpectedly');

    const again = await openEmbedded(dataDir);
    try {
      expect(await emailsIn(again)).toContain(owner.email);
      expect(isRunning(findPostmasters(dataDir)[0] ?? 0)).toBe(true);
    } finally {
      await again.close();
    }
    expect(findPostmasters(dataDir)).toEqual([]);
  });

  itLong('has everything after the database itself was killed with the server', async () => {
    const owner = await given.tenant();
    const [postmaster = 0] = findPostmasters(dataDir);
    await server.kill();
    process.kill(postmaster, 'SIGKILL');
    await server.run();

    expect((await given.login(owner)).user.id).toBe(owner.user.id);
  });

  itLong('stops with the server', async () => {
    const [postmaster = 0] = findPostmasters(dataDir);
    expect(isRunning(postmaster)).toBe(true);
    expect((await server.stop()).code).toBe(0);
    expect(isRunning(postmaster)).toBe(false);
    expect(existsSync(dataDir)).toBe(true);
  });
});

/** As a server opens it, in this process. */
async function openEmbedded(dataDir: string): Promise<OpenDatabase> {
  const { openDatabase } = (await import(OPEN_DATABASE)) as typeof import('../../src/boot/open-database.js');
  return openDatabase(
    loadConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'error', ...PATIENT_DATABASE }),
    new Log('error'),
    {
      migrates: true,
    },
  );
}

async function emailsIn({ acrossTenants }: OpenDatabase): Promise<(string | null)[]> {
  const rows = await acrossTenants.query<{ email: string | null }[]>('SELECT email FROM users');
  return rows.map(({ email }) => email);
}
