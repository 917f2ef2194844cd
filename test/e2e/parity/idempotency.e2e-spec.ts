import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../../src/common/error-catalogue.js';
import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { IDEMPOTENT_OPERATIONS, sendWithKey } from '../../support/idempotent-operations.js';
import { type Envelope, expectRefusal, KATIXO } from '../../support/katixo.js';
import { useSharedApp } from '../../support/test-app.js';

/** Whatever the operations write. */
const TABLES = [
  ...['users', 'tenants', 'memberships', 'sessions', 'invitations', 'api_keys', 'api_key_secrets'],
  ...['one_time_secrets', 'otp_challenges', 'messages', 'audit_events'],
];
/** Without the sums of refusals: the server writes them up to a minute later, also those of suites before this one. */
const COUNTED: Record<string, string> = { audit_events: `WHERE (detail ? 'codes') IS NOT TRUE` };

describe.each(Object.entries(IDEMPOTENT_OPERATIONS))('POST %s with an Idempotency-Key', (path, prepare) => {
  const t = useSharedApp();
  const rows = async () => {
    const counts = TABLES.map(
      (table) => `(SELECT count(*)::int FROM ${table} ${COUNTED[table] ?? ''}) AS ${table}`,
    );
    return (await t.database.query<Record<string, number>>(`SELECT ${counts.join()}`))[0];
  };
  const expectProblem = (reply: Reply, code: ErrorCode) => {
    if (path.startsWith(KATIXO)) expectRefusal(reply as unknown as Reply<Envelope>, code);
    else expect(reply).toBeProblem(code);
  };

  it('has one effect, and the same answer again, with the secrets in it', async () => {
    const [request, key] = [await prepare(t), randomUUID()];
    const first = await sendWithKey(request, key);
    expect([200, 201]).toContain(first.status);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const before = await rows();

    const again = await sendWithKey(request, `"${key}"`);

    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers).toMatchObject({
      'content-type': first.headers['content-type'],
      'idempotent-replayed': 'true',
    });
    expect(await rows()).toEqual(before);
  });

  it('has one effect of twenty at once', async () => {
    const [request, key] = [await prepare(t), randomUUID()];
    const replies = await burst(20, () => sendWithKey(request, key));
    const performed = replies.filter(
      ({ status, headers }) => status < 300 && !headers['idempotent-replayed'],
    );
    expect(performed).toHaveLength(1);
    const [first] = performed;
    const others = replies.filter((reply) => reply !== first);
    for (const other of others) {
      if (other.status < 300) expect(other.text).toBe(first?.text);
      else {
        expectProblem(other, 'idempotency_key_in_use');
        expect(other.headers['retry-after']).toBe('1');
      }
    }
    expect((await sendWithKey(request, key)).text).toBe(first?.text);
  });

  it('refuses another body, and has an effect of it under another key', async () => {
    const [request, key] = [await prepare(t), randomUUID()];
    expect((await sendWithKey(request, key)).status).toBeLessThan(300);
    const before = await rows();
    const other = { ...request, body: { ...request.body, ...request.change } };
    expectProblem(await sendWithKey(other, key), 'idempotency_key_reused');
    expect(await rows()).toEqual(before);
    expect((await sendWithKey(other)).headers).not.toHaveProperty('idempotent-replayed');
  });

  it('takes a key of 255 characters, and nothing longer or malformed', async () => {
    const request = await prepare(t);
    for (const key of [
      '',
      '""',
      'a'.repeat(256),
      `"${'a'.repeat(256)}"`,
      'a, b',
      '"a"b',
      '"a";b=1',
      'é',
      '"',
    ])
      expectProblem(await sendWithKey(request, key), 'idempotency_key_invalid');
    expect((await sendWithKey(request, `"${'\\"'.repeat(255)}"`)).status).toBeLessThan(300);
  });

  it('stores no error: the key takes the mended request', async () => {
    const [request, key] = [await prepare(t), randomUUID()];
    expect((await sendWithKey({ ...request, body: { unknown: 1 } }, key)).status).toBe(400);
    expect((await sendWithKey(request, key)).status).toBeLessThan(300);
    expect(
      countBy(
        await burst(3, () => sendWithKey(request, key)),
        ({ headers }) => headers['idempotent-replayed'] ?? '',
      ),
    ).toEqual({
      true: 3,
    });
  });
});
