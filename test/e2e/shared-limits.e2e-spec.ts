import { burst, countBy } from '../support/burst.js';
import { Client } from '../support/client.js';
import { uniqueEmail } from '../support/given.js';
import { RedisServer } from '../support/redis-server.js';
import type { Server, Settings } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createTestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { until } from '../support/until.js';

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
  const t = createTestApp(settings);
  let other: Server;
  beforeAll(async () => {
    other = await t.server.startSibling();
  });
  afterAll(async () => {
    await other.dispose();
    way.close();
    await redis.stop();
  });

  const forgot = (client: Client) => client.post('/auth/forgot-password', { email: uniqueEmail() });

  it('are shared by all of them, to the call', async () => {
    const here = t.client();
    const there = new Client(other.origin, null, here);
    const replies = await burst(CALLS + 12, (index) => forgot(index % 2 === 0 ? here : there));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: CALLS, 429: 12 });

    const refused = await forgot(there);
    expect(refused).toBeProblem('rate_limit_exceeded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(600);
    expect((await forgot(t.client())).status).toBe(200);
  });

  it('answer 503 while it is away, change nothing for other operations, and count again when it is back', async () => {
    const owner = await t.given.tenant();
    way.cut();
    expect(await forgot(t.client())).toBeProblem('service_unavailable');
    expect((await owner.client.get('/auth/me')).status).toBe(200);

    way.restore();
    await until(async () => (await forgot(t.client())).status === 200);
    const client = t.client();
    const replies = await burst(CALLS + 5, () => forgot(client));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: CALLS, 429: 5 });
  });
});
