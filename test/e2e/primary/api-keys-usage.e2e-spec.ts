import { ApiKeys, type KeyUsageAnswer } from '../../support/api-keys.js';
import { burst } from '../../support/burst.js';
import type { Account } from '../../support/given.js';
import { createTestApp } from '../../support/test-app.js';

const usageOf = async (owner: Account, id: string, query = '') =>
  (await owner.client.get<KeyUsageAnswer>(`/auth/api-keys/${id}/usage${query}`)).body;

describe('the use of an API key', () => {
  // Longer than the test: only the stop writes the usage
  const t = createTestApp({ API_KEY_USAGE_FLUSH_SECONDS: '300' });
  const keys = new ApiKeys(t);

  it('causes no write for each request, and a stop loses none of it', async () => {
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
    await t.database.query(
      `INSERT INTO api_key_usage (key_id, day, requests)
       SELECT $1, (now() AT TIME ZONE 'UTC')::date - back, 3 + back FROM unnest('{0,6,7,89,90}'::int[]) AS back`,
      [id],
    );
    const week = await usageOf(owner, id, '?days=7');
    expect(week.data.map(({ requests }) => requests)).toEqual([9, 0, 0, 0, 0, 0, 3]);
    expect(week.total).toBe(12);
    const dates = week.data.map(({ date }) => date);
    expect(dates).toEqual([...dates].sort());
    expect(new Set(dates).size).toBe(7);
    for (const date of dates) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect((await usageOf(owner, id, '?days=90')).total).toBe(12 + 10 + 92);
    expect((await usageOf(owner, id, '?days=1')).data).toHaveLength(1);
  });

  it.each(['days=0', 'days=91', 'days=x', 'days='])('is not listed for ?%s', async (query) => {
    const owner = await t.given.tenant();
    const { id } = await keys.create(owner);
    expect(await owner.client.get(`/auth/api-keys/${id}/usage?${query}`)).toBeProblem('validation_failed');
  });
});

describe('every second', () => {
  const t = createTestApp({ API_KEY_USAGE_FLUSH_SECONDS: '1' });
  const keys = new ApiKeys(t);

  it('the use of API keys is written without a stop', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await keys.create(owner);
    await keys.use(key);
    // The time limit of the test fails it if nothing is ever written
    while ((await usageOf(owner, id)).total === 0);
    expect(await usageOf(owner, id)).toMatchObject({ total: 1 });
  });
});
