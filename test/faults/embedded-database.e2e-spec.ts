import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../support/client.js';
import { Given } from '../support/given.js';
import { Server, type Settings } from '../support/server.js';

/** No DATABASE_URL: the server starts its own PostgreSQL. */
const EMBEDDED: Settings = { DATABASE_URL: null, MIGRATE_ON_START: null, SECRET_KEY: null };

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

  it('has everything after the database itself was killed with the server', async () => {
    const owner = await given.tenant();
    const [postmaster = 0] = findPostmasters(dataDir);
    await server.kill();
    process.kill(postmaster, 'SIGKILL');
    await server.run();

    expect((await given.login(owner)).user.id).toBe(owner.user.id);
  });

  it('stops with the server', async () => {
    const [postmaster = 0] = findPostmasters(dataDir);
    expect(isRunning(postmaster)).toBe(true);
    expect((await server.stop()).code).toBe(0);
    expect(isRunning(postmaster)).toBe(false);
    expect(existsSync(dataDir)).toBe(true);
    await server.run();
  });

  it('is a separate one for every folder', async () => {
    const other = await Server.start(EMBEDDED);
    try {
      const there = new Client(other.origin);
      expect((await there.get('/health/ready')).status).toBe(200);
      const owner = await given.tenant();
      const body = { email: owner.email, password: owner.password };
      expect((await there.post('/auth/login', body)).status).toBe(401);
      await there.close();
    } finally {
      await other.dispose();
    }
  });
});
