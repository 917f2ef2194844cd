import { type ApiKeyAnswer, ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import { secondsUntil } from '../../support/clock.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const DAY = 86_400;

describe('POST /auth/api-keys/{id}/rotate', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  let owner: Account;

  beforeEach(async () => {
    owner = await t.given.tenant();
  });

  const rotate = async (id: string, body?: unknown): Promise<ApiKeyAnswer> => {
    const reply = await keys.rotate(owner, id, body);
    expect(reply.status).toBe(200);
    return reply.body;
  };
  /** Moves the times of this key only: the shared database stays. */
  const age = (id: string, seconds: number) =>
    t.database.query(
      `WITH aged AS (
         UPDATE api_keys SET expires_at = expires_at - make_interval(secs => $2) WHERE id = $1
       )
       UPDATE api_key_secrets SET created_at = created_at - make_interval(secs => $2),
         expires_at = expires_at - make_interval(secs => $2) WHERE key_id = $1`,
      [id, seconds],
    );

  it('returns a new secret of the same key', async () => {
    const { key, prefix, lastFour, ...before } = await keys.create(owner, { scopes: ['leads.view'] });
    const after = await rotate(before.id);
    expect(after).toEqual({
      ...before,
      key: expect.stringMatching(/^sk_live_[0-9A-Za-z]{49}$/),
      prefix: after.key.slice(0, 11),
      lastFour: after.key.slice(-4),
      expiresAt: expect.any(String),
    });
    expect(after.key).not.toBe(key);
    expect((await keys.use(after.key)).body).toMatchObject({ apiKey: { id: before.id } });
    const [listed] = (await keys.list(owner)).data;
    expect([listed?.prefix, listed?.lastFour]).toEqual([after.prefix, after.lastFour]);
    expect([prefix, lastFour]).not.toEqual([after.prefix, after.lastFour]);
  });

  it('leaves the old secret valid for a day by default', async () => {
    const { id, key: old } = await keys.create(owner);
    const { key } = await rotate(id);
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([true, true]);
    await age(id, DAY - 600);
    expect(await keys.isGood(old)).toBe(true);
    await age(id, 601);
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([false, true]);
  });

  it('ends the old secret at once where no overlap is requested', async () => {
    const { id, key: old } = await keys.create(owner);
    const { key } = await rotate(id, { overlapSeconds: 0 });
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([false, true]);
  });

  it('ends every secret before the last one at once', async () => {
    const { id, key: first } = await keys.create(owner);
    const { key: second } = await rotate(id);
    const { key: third } = await rotate(id);
    expect(await Promise.all([first, second, third].map((key) => keys.isGood(key)))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('leaves at most two valid secrets of twenty parallel rotations', async () => {
    const { id, key } = await keys.create(owner);
    const replies = await burst(20, () => keys.rotate(owner, id));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 20 });
    const results = await Promise.all(
      [key, ...replies.map(({ body }) => body.key)].map((one) => keys.isGood(one)),
    );
    expect(countBy(results, String)).toEqual({ true: 2, false: 19 });
  });

  it('gives the key its first lifetime again from now, each time', async () => {
    const { id } = await keys.create(owner, { expiresInDays: 10 });
    for (const days of [4, 9]) {
      await age(id, days * DAY);
      const { expiresAt } = await rotate(id);
      expect(Math.abs(secondsUntil(expiresAt ?? '') - 10 * DAY)).toBeLessThan(DAY / 2);
    }
  });

  it('keeps no old secret beyond the old expiry of its key', async () => {
    const { id, key: old } = await keys.create(owner, { expiresInDays: 1 });
    await age(id, DAY - 600);
    const { key } = await rotate(id, { overlapSeconds: 7 * DAY });
    expect(await keys.isGood(old)).toBe(true);
    await age(id, 601);
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([false, true]);
  });

  it('revives an expired key with its new secret only', async () => {
    const { id, key: old } = await keys.create(owner, { expiresInDays: 1 });
    await age(id, DAY + 1);
    expect(await keys.isGood(old)).toBe(false);
    const { key } = await rotate(id);
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([false, true]);
  });

  it('keeps a key without expiry so, as long as the tenant allows it', async () => {
    await keys.setPolicy(owner, 'allow_keys_without_expiry');
    const { id } = await keys.create(owner, { expiresAt: null });
    expect((await rotate(id)).expiresAt).toBeNull();
    await t.database.query('UPDATE tenants SET allow_keys_without_expiry = false WHERE id = $1', [
      owner.tenant.id,
    ]);
    expect((await rotate(id)).expiresAt).not.toBeNull();
  });

  it('does not revive a revoked key, whose two secrets are both invalid', async () => {
    const { id, key: old } = await keys.create(owner);
    const { key } = await rotate(id);
    await owner.client.delete(`/auth/api-keys/${id}`);
    expect(await keys.rotate(owner, id)).toBeProblem('not_found');
    expect([await keys.isGood(old), await keys.isGood(key)]).toEqual([false, false]);
  });

  it('and a revocation at the same moment end with a revoked key, in either order', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, key } = await keys.create(owner);
      const [rotated] = await Promise.all([
        keys.rotate(owner, id),
        owner.client.delete(`/auth/api-keys/${id}`),
      ]);
      expect([200, 404]).toContain(rotated.status);
      expect(await keys.isGood(key)).toBe(false);
      if (rotated.status === 200) expect(await keys.isGood(rotated.body.key)).toBe(false);
    }
  });

  it.each([-1, 7 * DAY + 1, 1.5, '60', null])('refuses an overlap of %j', async (overlapSeconds) => {
    const { id } = await keys.create(owner);
    expect(await keys.rotate(owner, id, { overlapSeconds })).toBeProblem('validation_failed');
  });

  it('notifies the owner and is recorded in the audit trail, without the secret', async () => {
    const { id } = await keys.create(owner);
    const { key } = await rotate(id);
    expect((await t.inbox.latest(owner.email, 'notice')).subject).toBe('An API key was renewed');
    const events = await t.database.query<{ text: string }>(
      `SELECT e::text AS text FROM audit_events e WHERE target_id = $1 AND action = 'api_key.rotated'`,
      [id],
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.text).not.toContain(key.slice(8, 20));
  });
});
