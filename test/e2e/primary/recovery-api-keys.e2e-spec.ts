import { type ApiKeyAnswer, ApiKeys } from '../../support/api-keys.js';
import type { Account } from '../../support/given.js';
import { NEW_PASSWORD, unique } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { type TestApp, useSharedApp } from '../../support/test-app.js';

const DAY = 86_400;

type Ways = [string, (t: TestApp, owner: Account) => Promise<void>][];

/** How a password is recovered. */
const WAYS: Ways = [
  [
    'a link',
    async (t, owner) => {
      const token = await t.given.resetToken(owner);
      const reply = await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      expect(reply.status).toBe(200);
    },
  ],
  [
    'a code to the phone',
    async (t, owner) => {
      const phone = uniquePhone();
      await t.database.query('UPDATE users SET phone = $2, phone_verified_at = now() WHERE id = $1', [
        owner.user.id,
        phone,
      ]);
      await t.post('/auth/forgot-password', { phone });
      const body = { phone, code: await new Phones(t).code(phone), newPassword: NEW_PASSWORD };
      expect((await t.post('/auth/reset-password', body)).status).toBe(200);
    },
  ],
];

describe.each(WAYS)('a recovery by %s', (_, recover) => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  const age = async (seconds: number, { id }: ApiKeyAnswer) => {
    await t.database.query(
      'UPDATE api_keys SET created_at = created_at - make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
    await t.database.query(
      'UPDATE api_key_secrets SET created_at = created_at - make_interval(secs => $2) WHERE key_id = $1',
      [id, seconds],
    );
  };

  it('revokes the API keys of the last thirty days, to the minute, and leaves older ones', async () => {
    const owner = await t.given.verifiedTenant();
    const [older, younger, newest] = [
      await keys.create(owner),
      await keys.create(owner),
      await keys.create(owner),
    ];
    await age(30 * DAY + 60, older);
    await age(30 * DAY - 60, younger);

    await recover(t, owner);

    expect(await keys.isGood(older.key)).toBe(true);
    expect(await keys.isGood(younger.key)).toBe(false);
    expect(await keys.isGood(newest.key)).toBe(false);
  });

  it('revokes an older one that got a new secret since', async () => {
    const owner = await t.given.verifiedTenant();
    const key = await keys.create(owner);
    await age(60 * DAY, key);
    const { body: rotated } = await keys.rotate(owner, key.id);
    await recover(t, owner);
    for (const secret of [key.key, rotated.key]) expect(await keys.isGood(secret)).toBe(false);
  });

  it('revokes them in every organisation, with an event in the audit trail of each', async () => {
    const [owner, elsewhere] = [await t.given.verifiedTenant(), await t.given.tenant()];
    const { token } = await t.given.invitation(elsewhere, { role: 'admin', email: owner.email });
    const accepted = await owner.client.post('/auth/invite/accept', { token });
    const there = { ...owner, client: t.client(accepted.body.accessToken) };
    const both = [await keys.create(owner), await keys.create(there)];

    await recover(t, owner);

    for (const [index, tenant] of [owner.tenant, elsewhere.tenant].entries()) {
      expect(await keys.isGood(both[index]?.key ?? '')).toBe(false);
      const events = await t.database.query(
        `SELECT actor_id, detail FROM audit_events WHERE action = 'api_key.revoked' AND tenant_id = $1 AND target_id = $2`,
        [tenant.id, both[index]?.id],
      );
      expect(events).toEqual([{ actor_id: owner.user.id, detail: { reason: 'account_recovered' } }]);
    }
  });

  it('leaves the keys of other people', async () => {
    const owner = await t.given.verifiedTenant();
    const { key } = await keys.create(await t.given.member(owner, 'admin'));
    await recover(t, owner);
    expect(await keys.isGood(key)).toBe(true);
  });

  it('names those that are left, by name and prefix, and nothing else of them', async () => {
    const owner = await t.given.verifiedTenant();
    const name = `Nightly ${unique()}`;
    const [left, ended, expired, revoked] = [
      await keys.create(owner, { name }),
      await keys.create(owner, { name: 'Ended by it' }),
      await keys.create(owner, { name: 'Expired' }),
      await keys.create(owner, { name: 'Revoked' }),
    ];
    for (const key of [left, expired, revoked]) await age(31 * DAY, key);
    await t.database.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [expired.id]);
    await owner.client.delete(`/auth/api-keys/${revoked.id}`);

    await recover(t, owner);

    const [notice] = await t.inbox.messages(owner.email, 'notice');
    expect(notice?.subject).toBe('Your password was reset');
    expect(notice?.text).toContain(`${name} (${left.prefix}…)`);
    for (const other of ['Ended by it', 'Expired', 'Revoked', ended.prefix, expired.prefix, revoked.prefix])
      expect(notice?.text).not.toContain(other);
    expect(notice?.text).not.toContain(left.key);
    expect(notice?.text).not.toContain(left.lastFour);
    expect(notice?.link).toBeUndefined();
  });

  it('does not mention keys where there are none', async () => {
    const owner = await t.given.verifiedTenant();
    await recover(t, owner);
    const [notice] = await t.inbox.messages(owner.email, 'notice');
    expect(notice?.text).not.toContain('API key');
  });
});

describe('with RECOVERY_REVOKES_API_KEYS_DAYS=0 a recovery', () => {
  const t = useSharedApp({ RECOVERY_REVOKES_API_KEYS_DAYS: '0' });

  it('revokes no API key, and names them all', async () => {
    const owner = await t.given.verifiedTenant();
    const { key, prefix } = await new ApiKeys(t).create(owner);
    const token = await t.given.resetToken(owner);
    await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    expect(await new ApiKeys(t).isGood(key)).toBe(true);
    const [notice] = await t.inbox.messages(owner.email, 'notice');
    expect(notice?.text).toContain(`(${prefix}…)`);
  });
});
