import { randomUUID } from 'node:crypto';
import { WorkProbe } from '../../support/work.js';

/** Apart from the work of the request. */
const CLAIM = 'query claim-idempotency-record';
const COMPLETE = 'query complete-idempotency-record';

describe('the work for an Idempotency-Key', () => {
  const { t, probe } = WorkProbe.create();
  const register = (headers: Record<string, string>, body = t.given.registration()) =>
    probe.send('POST', '/auth/register', body, undefined, headers);

  it('is two statements, none without a key, and one for an answer that is stored', async () => {
    // The first requests set up connections and read what is cached afterwards
    await register({});
    await register({ 'idempotency-key': randomUUID() });
    const [key, body] = [randomUUID(), t.given.registration()];
    const plain = await register({});
    const keyed = await register({ 'idempotency-key': key }, body);
    expect(keyed.work.filter((work) => ![CLAIM, COMPLETE].includes(work))).toEqual(plain.work);
    expect(keyed.work).toHaveLength(plain.work.length + 2);
    expect(keyed.work.at(0)).toBe(CLAIM);
    const replayed = await register({ 'idempotency-key': key }, body);
    expect([replayed.reply.status, replayed.work]).toEqual([201, [CLAIM]]);
  });
});
