import { once } from 'node:events';
import { createServer } from 'node:http';
import { Client } from 'undici';
import { countBy } from '../support/burst.js';
import { itLong } from '../support/long.js';
import { Server } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const CONNECTIONS = 8;

/** The processes that have served as this worker, oldest first. */
const pidsOf = (log: string, worker: number): number[] =>
  [...log.matchAll(/"worker":(\d+),"pid":(\d+)/g)]
    .filter(([, index]) => Number(index) === worker)
    .map(([, , pid]) => Number(pid));

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a server of two workers', () => {
  const t = createTestApp({
    WORKERS: '2',
    THROTTLE_ENABLED: 'true',
    SHUTDOWN_DELAY_SECONDS: '5',
    LOGIN_FAILURES_BEFORE_DELAY: '5',
    REGISTRATIONS_PER_HOUR: '1000',
  });

  beforeEach(async () => {
    if (!t.server.isRunning) await t.server.run();
  });

  it('replaces a worker that was killed', async () => {
    const newest = () => pidsOf(t.server.log, 0).at(-1) ?? 0;
    await until(() => isRunning(newest()));
    const killed = newest();
    process.kill(killed, 'SIGKILL');
    await until(() => newest() !== killed);
    const replies = await Promise.all(Array.from({ length: 6 }, () => t.get('/health/ready')));
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(200));
    await until(() => t.server.log.includes('a worker ended and is replaced'));
  });

  it('counts a route limit once for both', async () => {
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        // From one address, over a connection of its own each
        fetch(`${t.server.origin}/auth/forgot-password`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify({ email: `nobody-${index}@example.com` }),
        }),
      ),
    );
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 30, 429: 30 });
  });

  it('counts guesses at a password once for both', async () => {
    const { email } = await t.given.tenant();
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => t.post('/auth/login', { email, password: 'not the password' })),
    );
    expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 5, 429: 15 });
  });

  it('shows the sum of both on its page of metrics', async () => {
    const countOf = async () => {
      const { text } = await t.get('/metrics');
      const line = /^http_request_duration_seconds_count\{.*route="\/health\/live".*\} (\d+)$/m.exec(text);
      return Number(line?.[1] ?? 0);
    };
    const before = await countOf();
    await Promise.all(Array.from({ length: 24 }, () => t.get('/health/live')));
    expect(await countOf()).toBe(before + 24);
  });

  it('fails no request of connections that end with its answer, when it is told to stop', async () => {
    const clients = Array.from({ length: CONNECTIONS }, () => new Client(t.server.origin));
    let answered = 0;
    const walks = clients.map(async (client) => {
      for (;;) {
        const { statusCode, headers, body } = await client.request({ method: 'GET', path: '/health/live' });
        await body.dump();
        expect(statusCode).toBe(200);
        answered += 1;
        if (headers.connection === 'close') return;
      }
    });
    await until(() => answered > 10 * CONNECTIONS);
    const stopped = t.server.stop();
    await Promise.all(walks);
    expect(await stopped).toMatchObject({ code: 0, signal: null });
    await Promise.all(clients.map((client) => client.close()));
  });
});

itLong('a server of two workers whose port is taken exits as one process does', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const { code, output } = await Server.startAndExit({
    WORKERS: '2',
    PORT: String(port),
    DATABASE_URL: null,
    MIGRATE_ON_START: null,
  });
  squatter.close();
  expect(code).toBe(1);
  expect(output).toContain('The port is taken');
});
