import { ApiKeys, type KeyUsageAnswer } from '../../support/api-keys.js';
import { burst } from '../../support/burst.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';

const usageOf = async (owner: Account, id: string, query = '') =>
  (await owner.client.get<KeyUsageAnswer>(`/auth/api-keys/${id}/usage${query}`)).body;

const daysBefore = (date: string, days: number) =>
  new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);

describe('the use of an API key', () => {
  // Longer than the test: only the stop writes the usage
  const t = useSharedApp({ API_KEY_USAGE_FLUSH_SECONDS: '300' });
  const keys = new ApiKeys(t);
  const today = async () => {
    const sql = `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date`;
    return (await t.database.query<{ date: string }>(sql))[0]?.date ?? '';
  };

  it('causes no write for each request, and a stop loses none of it', async () => {
    // The interval begins anew
    await t.server.restart();
    const owner = await t.given.tenant();
    const { id, key } = await keys.create(owner, { scopes: [] });
    await burst(30, () => keys.use(key));
    // A request that is refused for its scopes used the key too; one with a wrong key did not
    await t.client(key).get('/auth/sessions');
    await keys.use(key.slice(0, -1));
    expect(await usageOf(owner, id)).toMatchObject({ total: 0, lastUsedAt: null });

    await t.server.restart();

    const { data, total, lastUsedAt } = await usageOf(owner, id);
    expect(total).toBe(31);
    expect(data).toHaveLength(30);
    expect(data.reduce((sum, { requests }) => sum + requests, 0)).toBe(31);
    expect(lastUsedAt).not.toBeNull();
    expect((await keys.list(owner)).data[0]?.lastUsedAt).toBe(lastUsedAt);
  });

  it('is listed by day, oldest first, for as many days as requested', async () => {
    const owner = await t.given.tenant();
    const { id } = await keys.create(owner);
    // Another day may begin between the statements and the requests
    const first = await today();
    const stored = await t.database.query<{ date: string; requests: number }>(
      `INSERT INTO api_key_usage (key_id, day, requests)
       SELECT $1::uuid, $2::date - back, 3 + back FROM unnest('{-1,0,6,7,89,90}'::int[]) AS back
       RETURNING to_char(day, 'YYYY-MM-DD') AS date, requests::int`,
      [id, first],
    );
    const requestsOf = new Map(stored.map(({ date, requests }) => [date, requests]));
    const listed = async (days: number) => {
      const { data, total } = await usageOf(owner, id, `?days=${days}`);
      const last = data.at(-1)?.date ?? '';
      expect([first, await today()]).toContain(last);
      const dates = Array.from({ length: days }, (_, index) => daysBefore(last, days - 1 - index));
      expect(data).toEqual(dates.map((date) => ({ date, requests: requestsOf.get(date) ?? 0 })));
      expect(total).toBe(data.reduce((sum, { requests }) => sum + requests, 0));
      return total;
    };
    for (const days of [1, 7, 90]) expect(await listed(days)).toBeGreaterThan(0);
  });

  it.each(['days=0', 'days=91', 'days=x', 'days='])('is not listed for ?%s', async (query) => {
    const owner = await t.given.tenant();
    const { id } = await keys.create(owner);
    expect(await owner.client.get(`/auth/api-keys/${id}/usage?${query}`)).toBeProblem('validation_failed');
  });
});

describe('every second', () => {
  const t = useSharedApp({ API_KEY_USAGE_FLUSH_SECONDS: '1' });
  const keys = new ApiKeys(t);

  it('the use of API keys is written without a stop', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await keys.create(owner);
    await keys.use(key);
    // The time limit of the test fails it if nothing is ever written
    await until(async () => (await usageOf(owner, id)).total > 0);
    expect(await usageOf(owner, id)).toMatchObject({ total: 1 });
  });
});
