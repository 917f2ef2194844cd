import { randomBytes, randomUUID } from 'node:crypto';
import { endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { Once } from '../../../test/support/once.js';
import { People, type Person } from '../../../test/support/people.js';
import { PASSWORD, unique, uniqueEmail } from '../../../test/support/unique.js';
import { Keyring } from '../../common/keyring.js';
import { Database } from '../../database/database.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { ApiKeyRotationService } from '../api-keys/api-key-rotation.service.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { RegistrationService } from '../auth/registration.service.js';
import { SignOutService } from '../auth/sign-out.service.js';
import { RefreshService } from '../sessions/refresh.service.js';
import { AnswerEncryption } from './answer-encryption.js';
import { IdempotencyModule } from './idempotency.module.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';

const DAY = 86_400;
const core = useCore([AcceptanceModule, ApiKeysModule, IdempotencyModule]);
const people = new People(core);
const once = new Once(core);
let owner: Person;

beforeEach(async () => {
  owner = await people.owner();
});

const recordsOf = (userId: string) =>
  core.query<{ id: Buffer }>('SELECT * FROM idempotency_records WHERE user_id = $1', [userId]);

describe('a stored answer', () => {
  it('is given for a day, and the key is then as good as new', async () => {
    const key = randomUUID();
    await once.createKey(owner.actor, { key });
    const move = `UPDATE idempotency_records SET expires_at = expires_at - make_interval(secs => $1) WHERE user_id = $2`;
    await core.query(move, [DAY - 600, owner.id]);
    expect((await once.createKey(owner.actor, { key })).isReplayed).toBe(true);
    await core.query(move, [600, owner.id]);
    expect((await once.createKey(owner.actor, { key })).isReplayed).toBe(false);
    expect(await once.keysOf(owner.actor)).toBe(2);
  });

  it('is encrypted for its own record, and nothing beside it reveals key or content', async () => {
    const [key, content] = [randomUUID(), { password: `secret ${unique()}` }];
    const { body } = await once.createKey(owner.actor, { key, content });
    const [record] = await recordsOf(owner.id);
    for (const value of Object.values(record ?? {}).filter((value) => Buffer.isBuffer(value)))
      for (const text of [body.key, key, content.password]) expect(value.includes(text)).toBe(false);
    await once.createKey(owner.actor, { key: `${key}-2`, content });
    await core.query(
      `UPDATE idempotency_records r SET answer_encrypted = o.answer_encrypted FROM idempotency_records o
       WHERE o.user_id = r.user_id AND o.id <> r.id AND r.id = $1`,
      [record?.id],
    );
    expect(await endOf(once.createKey(owner.actor, { key, content }))).toMatch(/No key opens/);
  });

  it('is seen from no other tenant, and goes with the person', async () => {
    await once.createKey(owner.actor);
    const other = await people.owner();
    const seen = (tenantId: string) =>
      core.get(Database).inTenant(tenantId, (tx) => tx.execute('SELECT FROM idempotency_records'));
    expect([await seen(owner.tenant.id), await seen(other.tenant.id)]).toEqual([1, 0]);
    await core.query('DELETE FROM users WHERE id = $1', [owner.id]);
    expect(await recordsOf(owner.id)).toEqual([]);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['was revoked', (id) => core.get(ApiKeysService).revoke(owner.actor, id)],
    ['has a new secret', (id) => core.get(ApiKeyRotationService).rotate(owner.actor, id, 0)],
    ['has expired', (id) => core.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [id])],
    ['was deleted', (id) => core.query('DELETE FROM api_keys WHERE id = $1', [id])],
  ])('is not given again once the API key in it %s, and no other key is made', async (_, end) => {
    const key = randomUUID();
    const { body } = await once.createKey(owner.actor, { key });
    await end(body.id);
    const before = await once.keysOf(owner.actor);
    expect(await endOf(once.createKey(owner.actor, { key }))).toBe('idempotency_answer_gone');
    expect(await once.keysOf(owner.actor)).toBe(before);
  });

  describe('of a registration', () => {
    const origin = core.origin();
    const register = (key: string, email: string) => {
      const names = { firstName: 'Ada', lastName: 'Lovelace', companyName: `Company ${email}` };
      const registration = { email, password: PASSWORD, template: 'primary', ...names } as const;
      const content = { email, password: PASSWORD };
      const request = {
        operation: 'POST /auth/register',
        caller: null,
        address: origin.address,
        key,
        content,
      };
      return core.get(IdempotencyService).answer(request, async () => {
        const outcome = await core.get(RegistrationService).register(registration, origin);
        if (outcome.kind !== 'signed-in') throw new Error('It asks for a second factor');
        return { status: 201, body: outcome.tokens };
      });
    };
    const start = async () => {
      const [key, email] = [randomUUID(), uniqueEmail()];
      const { accessToken, refreshToken } = (await register(key, email)).body as Record<string, string>;
      const again = () => register(key, email).then(({ isReplayed }) => isReplayed);
      expect(await again()).toBe(true);
      const actor = await people.actor(accessToken ?? '');
      return { actor, refreshToken: refreshToken ?? '', again };
    };

    it('is not given again once the session in it has ended', async () => {
      const { actor, again } = await start();
      await core.get(SignOutService).signOut(actor, { everywhere: false });
      expect(await endOf(again())).toBe('idempotency_answer_gone');
    });

    it('is not given again once its tokens were exchanged: the old ones would end the session', async () => {
      const { refreshToken, again } = await start();
      await core.get(RefreshService).refresh(refreshToken, core.origin());
      expect(await endOf(again())).toBe('idempotency_answer_gone');
    });

    it('goes with the person whom it made', async () => {
      const { actor } = await start();
      expect(await recordsOf(actor.userId)).toHaveLength(1);
      await core.query('DELETE FROM users WHERE id = $1', [actor.userId]);
      expect(await recordsOf(actor.userId)).toEqual([]);
    });
  });

  it.each([
    ['a signed-in person', (person: Person) => person.actor],
    ['nobody', () => null],
  ])('of %s is found after a rotation of SECRET_KEY', async (_, callerOf) => {
    const [key, content] = [randomUUID(), unique()];
    const request = { operation: 'POST /x', caller: callerOf(owner), address: '10.3.0.1', key, content };
    const work = () =>
      core.get(Database).acrossTenants(() => Promise.resolve({ status: 201, body: 'first' }));
    await core.get(IdempotencyService).answer(request, work);
    const next = new Keyring(randomBytes(32).toString('base64'), core.config.SECRET_KEY);
    // The index keys stay as they are
    next.useIndexKeys(new Keyring(core.config.SECRET_KEY ?? '').deriveIndexKeys());
    const [database, records] = [core.get(Database), core.get(IdempotencyRepository)];
    const rotated = new IdempotencyService(database, records, new AnswerEncryption(next), next, core.config);
    expect(await rotated.answer(request, work)).toEqual({ status: 201, body: 'first', isReplayed: true });
    const other = { ...request, content: 'other' };
    expect(await endOf(rotated.answer(other, work))).toBe('idempotency_key_reused');
  });
});
