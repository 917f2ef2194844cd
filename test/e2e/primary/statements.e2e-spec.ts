import { ApiKeys } from '../../support/api-keys.js';
import { burst } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { PASSWORD } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../support/server.js';
import { WorkProbe } from '../../support/work.js';

/** Limits and budgets apply, as in production. */
const { t, probe } = WorkProbe.create({
  THROTTLE_ENABLED: null,
  HASH_CONCURRENCY: '1',
  HASH_QUEUE_LIMIT: '2',
});
const phones = new Phones(t);

type Sent = [method: string, path: string, body: unknown, from: Client | undefined];

/** As many statements as these, of a request that is alone: nothing shares them. */
const expectStatements = async (count: number, sent: Sent) => {
  const { reply, work } = await probe.send(...sent);
  expect([200, 204]).toContain(reply.status);
  const queries = work.filter((one) => one.startsWith('query ')).map((one) => one.slice('query '.length));
  expect({ count: queries.length, queries }).toEqual({ count, queries });
};

/*
 * A statement that is added to one of these paths costs every request: it needs a reason, and a change here. One that is
 * saved needs the change, too: otherwise it could be added again unseen.
 */
describe('a request runs exactly so many statements', () => {
  it.each([
    ['the profile', '/auth/me', 1],
    ['the forward-auth check', '/auth/verify', 1],
    ['the organisations of a person', '/users/me/organisations', 2],
    // The state of the session, the scope of the tenant, and the list
    ['the members of a tenant', '/tenants/current/members', 3],
    ['a search for members', '/tenants/current/members?search=nobody', 3],
    ['the audit trail of a tenant', '/tenants/current/audit-events', 3],
    ['the audit trail by an action', '/tenants/current/audit-events?action=session.', 3],
  ])('%s', async (_, path, count) => {
    const { client } = await t.given.verifiedTenant();
    const sent: Sent = ['GET', path, undefined, client];
    await expectStatements(count, sent);
    await expectStatements(count, sent);
  });

  it('a request with an API key', async () => {
    const owner = await t.given.verifiedTenant();
    const { key } = await new ApiKeys(t).create(owner);
    await expectStatements(1, ['GET', '/auth/me', undefined, t.client().withToken(key)]);
  });

  it('a refresh', async () => {
    const { refreshToken } = await t.given.verifiedTenant();
    await expectStatements(1, ['POST', '/auth/refresh', { refreshToken }, undefined]);
  });

  it('a switch to another organisation', async () => {
    const { client, tenant } = await t.given.verifiedTenant();
    await expectStatements(2, ['POST', '/users/me/switch-org', { orgId: tenant.id }, client]);
  });

  it('a sign-in by password', async () => {
    const { email } = await t.given.verifiedTenant();
    await expectStatements(3, ['POST', '/auth/login', { email, password: PASSWORD }, undefined]);
  });

  it('a request of a code', async () => {
    // The first reads the language of the reader, in which the message is rendered before it is recorded
    await expectStatements(2, ['POST', '/auth/otp/request', { phone: uniquePhone() }, undefined]);
  });

  it('a sign-in by code', async () => {
    const { phone } = await phones.account();
    await t.database.pass(MESSAGE_INTERVAL_SECONDS + 1);
    const code = await phones.newCode(phone);
    await expectStatements(3, ['POST', '/auth/otp/verify', { phone, code }, undefined]);
  });
});

it('a sign-in that the hashing queue has no place for runs no statement', async () => {
  const { email } = await t.given.verifiedTenant();
  const client = t.client();
  const sent = await burst(20, () =>
    probe.send('POST', '/auth/login', { email, password: PASSWORD }, client),
  );
  const refused = sent.filter(({ reply }) => reply.status === 503);
  expect(refused.length).toBeGreaterThan(0);
  for (const { reply, work } of refused) {
    expect(reply.headers['retry-after']).toBe('5');
    expect(work).toEqual([]);
  }
});
