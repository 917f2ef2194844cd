import { randomUUID } from 'node:crypto';
import { burst, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { Once } from '../../../test/support/once.js';
import { People, type Person } from '../../../test/support/people.js';
import { until } from '../../../test/support/until.js';
import { Database } from '../../database/database.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { SwitchService } from '../sessions/switch.service.js';
import { IdempotencyModule } from './idempotency.module.js';
import { IdempotencyService } from './idempotency.service.js';

/** After it, nobody waits any longer for the answer of a request. */
const LEASE_SECONDS = 600;
const core = useCore([AcceptanceModule, ApiKeysModule, IdempotencyModule], {
  REQUEST_TIMEOUT_SECONDS: String(LEASE_SECONDS),
});
const people = new People(core);
const once = new Once(core);
let owner: Person;

beforeEach(async () => {
  owner = await people.owner();
});

/** A request that has created its key and waits; `goOn` lets it commit. */
async function paused(key: string) {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  let ended: Promise<string> = Promise.resolve('');
  await new Promise<void>((created) => {
    ended = endOf(
      once.createKey(owner.actor, { key }, () => {
        created();
        return gate;
      }),
    );
  });
  return { goOn, ended };
}

describe('a request with an Idempotency-Key', () => {
  it('has one effect of twenty at once: the others get its answer, or come again', async () => {
    const key = randomUUID();
    const ends = await burst(20, () =>
      once.createKey(owner.actor, { key }).then(
        ({ body }) => body.key,
        (error: { code: string }) => error.code,
      ),
    );
    const answers = new Set(ends.filter((end) => end !== 'idempotency_key_in_use'));
    expect([...answers]).toEqual([expect.stringMatching(/^sk_live_/)]);
    expect(await once.keysOf(owner.actor)).toBe(1);
  });

  it('is refused while the first one runs, and then gets its answer', async () => {
    const key = randomUUID();
    const { goOn, ended } = await paused(key);
    expect(await endOf(once.createKey(owner.actor, { key }))).toBe('idempotency_key_in_use');
    expect(await once.keysOf(owner.actor)).toBe(0);
    goOn();
    expect(await ended).toBe('ok');
    expect((await once.createKey(owner.actor, { key })).isReplayed).toBe(true);
    expect(await once.keysOf(owner.actor)).toBe(1);
  });

  it('has no effect where its answer is not stored: an error after the effect undoes it, and frees the key', async () => {
    const key = randomUUID();
    const fails = () => Promise.reject(new Error('No answer'));
    expect(await endOf(once.createKey(owner.actor, { key }, fails))).toBe('No answer');
    expect(await once.keysOf(owner.actor)).toBe(0);
    expect((await once.createKey(owner.actor, { key, content: 'mended' })).isReplayed).toBe(false);
  });

  it('has no effect if the database ends the connection before the commit', async () => {
    const key = randomUUID();
    const end = () =>
      core.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
    expect(await endOf(once.createKey(owner.actor, { key }, end))).not.toBe('ok');
    expect(await once.keysOf(owner.actor)).toBe(0);
    expect((await once.createKey(owner.actor, { key })).isReplayed).toBe(false);
    expect(await once.keysOf(owner.actor)).toBe(1);
  });

  it('is taken up again if nobody completes it, and the first one, if it still runs, has no effect', async () => {
    const key = randomUUID();
    const { goOn, ended } = await paused(key);
    await core.query(
      `UPDATE idempotency_records SET claimed_at = claimed_at - make_interval(secs => $1)
       WHERE answer_encrypted IS NULL`,
      [LEASE_SECONDS / 2],
    );
    expect(await endOf(once.createKey(owner.actor, { key }))).toBe('idempotency_key_in_use');
    await core.query(
      `UPDATE idempotency_records SET claimed_at = claimed_at - make_interval(secs => $1) WHERE answer_encrypted IS NULL`,
      [LEASE_SECONDS / 2],
    );
    // It waits for the first one, which has locked the owner
    const second = once.createKey(owner.actor, { key });
    await until(async () => {
      const [row] = await core.query<{ count: number }>(
        `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return (row?.count ?? 0) > 0;
    });
    goOn();
    expect(await ended).toBe('idempotency_key_in_use');
    const { isReplayed, body } = await second;
    expect(isReplayed).toBe(false);
    const keys = await core.query('SELECT id FROM api_keys WHERE user_id = $1', [owner.id]);
    expect(keys).toEqual([{ id: body.id }]);
  });
});

describe('the same key', () => {
  it('with another content is refused, whatever the order of members is', async () => {
    const [key, content] = [randomUUID(), { name: 'CI', scopes: [{ a: 1, b: null }] }];
    await once.createKey(owner.actor, { key, content });
    for (const other of [
      { ...content, name: 'ci' },
      { name: 'CI' },
      { ...content, scopes: [{ b: null }] },
      null,
    ])
      expect(await endOf(once.createKey(owner.actor, { key, content: other }))).toBe(
        'idempotency_key_reused',
      );
    const sorted = { scopes: [{ b: null, a: 1 }], name: 'CI' };
    expect((await once.createKey(owner.actor, { key, content: sorted })).isReplayed).toBe(true);
  });

  it('of another person, in another tenant of the person or for another operation is another key', async () => {
    const [key, stranger] = [randomUUID(), await people.owner()];
    await once.createKey(owner.actor, { key });
    expect((await once.createKey(stranger.actor, { key })).isReplayed).toBe(false);
    const elsewhere = { key, operation: 'POST /v1/auth/api-keys' };
    expect((await once.createKey(owner.actor, elsewhere)).isReplayed).toBe(false);
    await people.join(owner, stranger, 'admin');
    const tokens = await core.get(SwitchService).switch(owner.actor, stranger.tenant.id);
    const there = await people.actor(tokens?.accessToken ?? '');
    expect((await once.createKey(there, { key })).isReplayed).toBe(false);
    expect((await once.createKey(there, { key })).isReplayed).toBe(true);
  });

  it('in another session of the person is the same', async () => {
    const key = randomUUID();
    const { body } = await once.createKey(owner.actor, { key });
    const { actor } = await people.session(owner);
    expect((await once.createKey(actor, { key })).body.key).toBe(body.key);
  });

  it('without a session belongs to who knows the whole request, at any address; at one address to the first', async () => {
    const [key, content] = [randomUUID(), { email: owner.email, password: 'correct horse' }];
    // Work of nobody's tenant, as a registration is
    const answer = async (request: { content: unknown; address: string }) => {
      const anonymous = { operation: 'POST /auth/register', caller: null, key, ...request };
      const work = () => core.get(Database).acrossTenants(() => Promise.resolve({ status: 201, body: null }));
      return (await core.get(IdempotencyService).answer(anonymous, work)).isReplayed;
    };
    const guessed = { ...content, password: 'wrong' };
    expect(await answer({ content, address: '10.1.0.1' })).toBe(false);
    expect(await endOf(answer({ content: guessed, address: '10.1.0.1' }))).toBe('idempotency_key_reused');
    expect(await answer({ content: guessed, address: '10.1.0.2' })).toBe(false);
    expect(await answer({ content, address: '10.1.0.3' })).toBe(true);
  });
});
