import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { untilWaitedFor } from '../support/locks.js';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

/** Connections without a request in hand, as browsers, health checks and broken clients leave them. */
const WITHOUT_REQUEST: Record<string, string> = {
  'has sent nothing': '',
  'has sent half a request line': 'GET /hea',
  'has sent half a header': 'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Ty',
  'has its answer': 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n',
};

/** Connections that keep a request in hand. */
const WITH_REQUEST: Record<string, string> = {
  'has sent half a body':
    'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"email"',
  'has sent two requests and reads no answer': 'GET /docs HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2),
};

async function open(origin: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

describe('a server that is told to stop', () => {
  const t = createTestApp();

  it('ends every connection at once that has no request in hand, and no running request', async () => {
    const owner = await t.given.tenant();
    const idle = Object.entries(WITHOUT_REQUEST).map(
      async ([name, text]) => [name, await open(t.server.origin, text)] as const,
    );
    const sockets = await Promise.all(idle);
    // They have arrived: the server answers what came after them
    expect((await t.get('/health/live')).status).toBe(200);
    await t.database.query('BEGIN');
    await t.database.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [owner.user.id]);
    const running = t.post('/auth/login', { email: owner.email, password: owner.password });
    await untilWaitedFor(t.database);

    const remaining = new Set(Object.keys(WITHOUT_REQUEST));
    for (const [name, socket] of sockets) socket.resume().once('close', () => remaining.delete(name));
    const stopped = t.server.stop();
    await until(() => remaining.size === 0);
    await t.database.query('ROLLBACK');
    expect((await running).status).toBe(200);
    expect(await stopped).toMatchObject({ code: 0, signal: null });
  });
});

describe('a server that is told to stop with requests that do not end', () => {
  const t = createTestApp({ SHUTDOWN_SECONDS: '4' });

  it.each(Object.keys(WITH_REQUEST))('exits with 0 while a connection %s', async (name) => {
    if (!t.server.isRunning) await t.server.run();
    const socket = await open(t.server.origin, WITH_REQUEST[name] ?? '');
    expect((await t.get('/health/live')).status).toBe(200);
    const { code, signal } = await t.server.stop();
    socket.destroy();
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });
});

describe('a server behind a load balancer', () => {
  const t = createTestApp({ SHUTDOWN_DELAY_SECONDS: '2' });

  it('is unready first, while it serves everything, and ends each connection with its answer', async () => {
    const owner = await t.given.tenant();
    const stopped = t.server.stop();
    await until(async () => (await t.get('/health/ready')).status === 503);
    const { status, headers } = await owner.client.get('/auth/me');
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
    expect(await stopped).toMatchObject({ code: 0, signal: null });
  });
});

describe('a server that is told to stop before it serves', () => {
  it('exits with 0 while its database does not answer', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const connected = once(silent, 'connection');
    const server = Server.startAndExit(
      { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none`, SHUTDOWN_SECONDS: '2' },
      (child) => void connected.then(() => child.kill('SIGTERM')),
    );
    const { code, signal } = await server;
    silent.close();
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it('exits with 0 while it migrates, and the next start migrates to the end', async () => {
    const database = await TestDatabase.create({ empty: true });
    const settings = { DATABASE_URL: database.url, MIGRATE_ON_START: 'true', SHUTDOWN_SECONDS: '2' };
    // The lock of migrations is taken, so it waits there
    await database.query('SELECT pg_advisory_lock(7303014001)');
    const waits = () =>
      database.query(
        `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
    const { code, signal } = await Server.startAndExit(settings, (child) => {
      void until(async () => (await waits()).length > 0).then(() => child.kill('SIGTERM'));
    });
    await database.query('SELECT pg_advisory_unlock(7303014001)');
    expect({ code, signal }).toEqual({ code: 0, signal: null });

    const next = await Server.start(settings);
    expect((await fetch(`${next.origin}/health/ready`)).status).toBe(200);
    await next.dispose();
    await database.drop();
  });
});

describe('a server whose embedded PostgreSQL ends by itself', () => {
  it('ends, too, with exit code 1 and the reason', async () => {
    const { code, output } = await Server.startAndExit(
      { DATABASE_URL: null, MIGRATE_ON_START: null },
      (_child, server) => {
        const pidFile = `${server.settings.DATA_DIR}/postgres/postmaster.pid`;
        void until(() => server.log.includes('"msg":"ready"')).then(() =>
          process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL'),
        );
      },
    );
    expect(code).toBe(1);
    expect(output).toContain('The embedded PostgreSQL ended unexpectedly');
  });
});
