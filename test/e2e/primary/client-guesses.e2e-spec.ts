import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { eventsOf, eventually, expectRested } from '../../support/audit.js';
import { burst, countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { epochSeconds } from '../../support/clock.js';
import type { Account } from '../../support/given.js';
import { basic, type ServiceAccountAnswer, ServiceAccounts } from '../../support/service-accounts.js';
import { useSharedApp } from '../../support/test-app.js';

/** LOGIN_FAILURES_BEFORE_DELAY */
const FREE = 5;

describe('wrong credentials of a service account', () => {
  const t = useSharedApp();
  const services = new ServiceAccounts(t);
  let owner: Account;
  let account: ServiceAccountAnswer;

  const guess = (from: Client, { id }: { id: string } = account) =>
    services.ask({ client_id: id, client_secret: `cs_live_${randomUUID()}` }, {}, from);
  const right = (from: Client) =>
    services.ask({ client_id: account.id, client_secret: account.clientSecret ?? '' }, {}, from);
  const refusals = (of: Account, count: number) =>
    eventually(async () => {
      const events = await eventsOf(of.client, { action: 'service_account.refused' });
      const sum = events.reduce((soFar, { detail }) => soFar + Number(detail.count), 0);
      return sum >= count ? events : undefined;
    });

  beforeEach(async () => {
    owner = await t.given.tenant();
    account = await services.create(owner);
  });

  it('are slowed down from one address, which keeps nobody else out, nor the right one', async () => {
    const from = t.client();
    const replies = await burst(12, () => guess(from));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 401: FREE, 429: 12 - FREE });
    const refused = await guess(from, { id: account.id.toUpperCase() });
    expect([refused.status, refused.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);

    expect((await right(from)).status).toBe(200);
    expect((await guess(t.client())).status).toBe(401);
    const another = await services.create(owner);
    expect((await guess(from, another)).status).toBe(401);
    const { tenant, email, password } = owner;
    const signIn = await from.post('/auth/login', { tenantSlug: tenant.slug, email, password });
    expect(signIn.status).toBe(200);
  });

  it('are slowed down at introspection as well, with the same count', async () => {
    const from = t.client();
    for (let tried = 0; tried < FREE; tried += 1) await guess(from);
    const headers = { authorization: basic(account.id, 'cs_live_wrong') };
    const body = { token: owner.accessToken };
    expect(await from.post('/auth/introspect', body, { headers })).toBeProblem('too_many_attempts');
    headers.authorization = basic(account.id, account.clientSecret ?? '');
    const { status } = await from.post('/auth/introspect', body, { headers });
    expect(status).toBe(200);
  });

  it('are limited per address for ids that nobody has, and leave no more counts behind; people there sign in', async () => {
    const from = t.client();
    const count = async () => {
      const [row] = await t.database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM attempts');
      return row?.rows ?? 0;
    };
    const before = await count();
    const replies = await burst(40, () => guess(from, { id: randomUUID() }));
    const { 401: answered = 0, ...others } = countBy(replies, ({ status }) => status);
    expect([answered, others]).toEqual([20, { 429: 20 }]);
    expect((await count()) - before).toBeLessThanOrEqual(21);
    expect((await right(from)).status).toBe(200);
    const { tenant, email, password } = owner;
    const signIn = await from.post('/auth/login', { tenantSlug: tenant.slug, email, password });
    expect(signIn.status).toBe(200);
  });

  it('are recorded in the trail of the tenant, as sums, and in no other', async () => {
    const stranger = await t.given.tenant();
    const from = t.client();
    await burst(20, () => guess(from));
    const events = await refusals(owner, FREE);
    // The first row is written at once, each other one a minute after the one before
    expectRested(events);
    expect(events[0]).toMatchObject({
      outcome: 'refused',
      target: { kind: 'service_account', id: account.id },
      address: from.address,
      detail: { codes: ['invalid_client'], reasons: ['wrong_secret'] },
    });
    const exceeded = await eventually(async () => {
      const found = await eventsOf(owner.client, { action: 'attempts.exceeded' });
      return found.length > 0 ? found : undefined;
    });
    for (const { target } of exceeded) expect(target).toEqual({ kind: 'service_account', id: account.id });
    expect(await eventsOf(stranger.client, { action: 'service_account.refused' })).toEqual([]);
  });

  it('say in the trail that the account was revoked, or that an assertion was used before', async () => {
    await services.revoke(owner, account.id);
    expect((await right(t.client())).status).toBe(401);

    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyed = await services.create(owner, { jwks: { keys: [publicKey.export({ format: 'jwk' })] } });
    const issuer = decodeJwt(owner.accessToken).iss;
    const claims = {
      iss: keyed.id,
      sub: keyed.id,
      aud: issuer,
      jti: randomUUID(),
      exp: epochSeconds() + 300,
    };
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const fields = {
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    const from = t.client();
    const replies = await burst(10, () => services.ask(fields, {}, from));
    // Who has signed it has the key: a repeat is no guess, and is not slowed down
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 1, 401: 9 });

    const events = await refusals(owner, 2);
    const reasonsOf = (id: string) =>
      events.filter(({ target }) => target?.id === id).flatMap(({ detail }) => detail.reasons);
    expect([reasonsOf(account.id), [...new Set(reasonsOf(keyed.id))]]).toEqual([
      ['revoked'],
      ['used_before'],
    ]);
  });
});
