import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { keepOpen } from '../support/keep-open.js';
import { untilWaitedFor } from '../support/locks.js';
import { itLong } from '../support/long.js';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

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

/** Requests whose lines are in the log at the end, to a route that nothing else here uses. */
const [REQUESTS, LOGGED] = [200, '/.well-known/jwks.json'];

describe('a server that is told to stop', () => {
  const process = useWarmProcess();
  const t = createTestApp();
  const isRefused = async () => {
    try {
      await t.get('/health/live');
      return false;
    } catch (error) {
      return (error as { code?: string }).code === 'ECONNREFUSED';
    }
  };
  const countLines = (log: string) => log.split(`"route":"${LOGGED}"`).length - 1;

  it('finishes running requests, and ends every connection at once that has none in hand', async () => {
    const owner = await t.given.tenant();
    const kept = await keepOpen(t.server.origin);
    const idle = Object.entries(WITHOUT_REQUEST).map(
      async ([name, text]) => [name, await open(t.server.origin, text)] as const,
    );
    const sockets = await Promise.all(idle);
    // They have arrived: the server answers what came after them
    const replies = await Promise.all(Array.from({ length: REQUESTS }, () => t.get(LOGGED)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    // Blocks the sign-in after the password check, before its end
    await t.database.query('BEGIN');
    await t.database.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [owner.user.id]);
    let isAnswered = false;
    const running = t
      .post('/auth/login', { email: owner.email, password: owner.password })
      .finally(() => (isAnswered = true));
    await untilWaitedFor(t.database);

    const remaining = new Set(Object.keys(WITHOUT_REQUEST));
    for (const [name, socket] of sockets) socket.resume().once('close', () => remaining.delete(name));
    const stopped = t.server.stop();
    await until(isRefused);
    await until(() => t.log.includes('stopping on SIGTERM'));
    await until(() => remaining.size === 0);
    expect(isAnswered).toBe(false);
    await t.database.query('ROLLBACK');
    const { status, body } = await running;
    expect(status).toBe(200);
    const { code, signal, output } = await stopped;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(output).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(countLines(output)).toBe(REQUESTS);
    await kept.ended;

    await process.runAgain(t.server);
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(200);
  });
});

describe('a server behind a load balancer that is told to stop', () => {
  // Longer than any machine stands still: the second signal ends it
  const t = createTestApp({ SHUTDOWN_DELAY_SECONDS: '300' });

  it('is unready first, while it serves everything, and ends each connection with its answer', async () => {
    const owner = await t.given.tenant();
    const stopped = t.server.stop();
    await until(async () => (await t.get('/health/ready')).status === 503);
    const { status, headers } = await owner.client.get('/auth/me');
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
    await t.server.stop();
    expect(await stopped).toMatchObject({ code: 1, signal: null });
  });
});

describe('a server that is told to stop while requests do not end', () => {
  const t = createTestApp({ SHUTDOWN_DELAY_SECONDS: '1', SHUTDOWN_SECONDS: '2' });

  it('exits with 0 after its time', async () => {
    const sockets = await Promise.all(Object.values(WITH_REQUEST).map((text) => open(t.server.origin, text)));
    expect((await t.get('/health/live')).status).toBe(200);
    expect(await t.server.stop()).toMatchObject({ code: 0, signal: null });
    for (const socket of sockets) socket.destroy();
  });
});

describe('a server that is told to stop before it serves', () => {
  const process = useWarmProcess();

  itLong('exits with 0 while its database does not answer', async () => {
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

    const next = await process.serve(settings);
    expect((await fetch(`${next.origin}/health/ready`)).status).toBe(200);
    await process.stop();
    await database.drop();
  });
});
