import { burst, countBy } from '../support/burst.js';
import { Client } from '../support/client.js';
import { uniqueEmail } from '../support/given.js';
import { Exposition } from '../support/prometheus.js';
import { RedisServer } from '../support/redis-server.js';
import type { Server, Settings } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { useSharedApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

/** Of `recovery`: so many calls of one address in ten minutes. */
const CALLS = 30;

describeWhereInstalled('redis-server', '--version')('limits of servers that share a Redis', () => {
  const settings: Settings = { THROTTLE_ENABLED: 'true' };
  let redis: RedisServer;
  let way: TcpProxy;
  beforeAll(async () => {
    redis = await RedisServer.start();
    way = await TcpProxy.to(redis.url);
    settings.REDIS_URL = way.url;
  });
  const beside = useWarmProcess();
  const t = useSharedApp(settings);
  let other: Server;
  beforeAll(async () => {
    other = await beside.serveBeside(t.server);
  });
  afterAll(async () => {
    way.close();
    await redis.stop();
  });

  const forgot = (client: Client) => client.post('/auth/forgot-password', { email: uniqueEmail() });
  const metric = async (name: string, server = t.server) =>
    new Exposition((await t.client(null, server).get('/metrics')).text).total(name);
  const untilShared = (value: 0 | 1) =>
    until(async () => {
      const shared = [t.server, other].map((server) => metric('gatehouse_route_limits_shared', server));
      return (await Promise.all(shared)).every((one) => one === value);
    });
  const expectShared = async () => {
    await untilShared(1);
    const here = t.client();
    const there = new Client(other.origin, null, here);
    const replies = await burst(CALLS + 12, (index) => forgot(index % 2 === 0 ? here : there));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: CALLS, 429: 12 });
    return there;
  };
  /** The address has been refused by nobody, so each server counts from 0. */
  const expectCountedApart = async () => {
    const here = t.client();
    const there = new Client(other.origin, null, here);
    for (const client of [here, there]) {
      const replies = await burst(CALLS + 12, () => forgot(client));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: CALLS, 429: 12 });
    }
  };
  const warnings = async () =>
    (await t.writtenLog()).split('\n').filter((line) => line.includes('Redis does not answer'));

  it('are shared by all of them, to the call', async () => {
    const there = await expectShared();
    const refused = await forgot(there);
    expect(refused).toBeProblem('rate_limit_exceeded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(600);
    expect((await forgot(t.client())).status).toBe(200);
  });

  it('apply to each server while Redis is away, with one warning, and to all of them when it is back', async () => {
    const owner = await t.given.tenant();
    const warned = (await warnings()).length;
    way.cut();
    await untilShared(0);
    await expectCountedApart();
    expect((await t.given.login(owner)).user.id).toBe(owner.user.id);
    expect((await t.get('/health/ready')).status).toBe(200);
    expect(await warnings()).toHaveLength(warned + 1);

    way.restore();
    await expectShared();
  });

  it('are counted somewhere at once when Redis was started again, and shared after a moment', async () => {
    await redis.stop();
    await redis.run();
    expect((await forgot(t.client())).status).toBe(200);
    await expectShared();
  });
});

describeWhereInstalled('redis-server', '--version')(
  'a server whose Redis accepts connections and never answers',
  () => {
    const settings: Settings = { THROTTLE_ENABLED: 'true', REDIS_TIMEOUT_MS: '100' };
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await RedisServer.start();
      settings.REDIS_URL = redis.url;
    });
    const t = useSharedApp(settings);
    afterAll(() => redis.stop());

    const FAILURES = 'gatehouse_shared_limit_failures_total';
    const metric = async (name: string) => new Exposition((await t.get('/metrics')).text).total(name);

    it('makes one request of many wait for it, counts guesses in the database, is ready, and starts', async () => {
      const { email } = await t.given.tenant();
      // A slow machine may have missed the time limit already
      await until(async () => (await metric('gatehouse_route_limits_shared')) === 1);
      const failures = await metric(FAILURES);
      const thaw = redis.freeze();
      try {
        const client = t.client();
        for (let round = 0; round < CALLS; round += 1)
          expect((await client.post('/auth/forgot-password', { email: uniqueEmail() })).status).toBe(200);
        expect((await metric(FAILURES)) - failures).toBe(1);

        const guesses = await burst(20, () => t.post('/auth/login', { email, password: 'Wrong-Guess-1' }));
        expect(countBy(guesses, ({ status }) => status)).toEqual({ 401: 5, 429: 15 });
        expect((await t.get('/health/ready')).status).toBe(200);
        await t.server.restart();
        expect((await t.post('/auth/forgot-password', { email: uniqueEmail() })).status).toBe(200);
      } finally {
        thaw();
      }
      await until(async () => (await metric('gatehouse_route_limits_shared')) === 1);
    });
  },
);
