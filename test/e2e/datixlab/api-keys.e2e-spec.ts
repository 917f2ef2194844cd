import { bytesOf, NEVER_ISSUED } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import { Datixlab, type DatixlabAccount, type DatixlabAnswer, uuidOf } from '../../support/datixlab.js';
import { uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const DAY_MS = 86_400_000;
const PREFIX = 'sk_live_'.length;

describe('API keys at the datixlab contract', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  let owner: DatixlabAccount;
  const create = (body: unknown, by = owner) => d.post('/api-keys', body, by.client);
  const list = async (by: DatixlabAccount, query = '') => (await d.get(`/api-keys${query}`, by.client)).body;
  const revoke = (id: string, by = owner) => d.delete(`/api-keys/${id}`, by.client);

  beforeAll(async () => {
    owner = await d.verifiedOwner();
  });

  /** A colleague at the lowest level. */
  const member = async (of: DatixlabAccount): Promise<DatixlabAccount> => {
    const [email, { password }] = [uniqueEmail('member'), of];
    await of.client.post('/auth/invite', { email, role: 'member' });
    const names = { firstName: 'Mia', lastName: 'Member' };
    await t.post('/auth/invite/accept', {
      token: await t.inbox.token(email, 'invitation'),
      password,
      ...names,
    });
    return d.login({ email, password });
  };

  it('end after ninety days unless another lifetime is requested', async () => {
    const { created_at, expires_at } = await d.createKey(owner);
    expect(Date.parse(expires_at ?? '') - Date.parse(created_at)).toBe(90 * DAY_MS);
  });

  it('authenticate their owner at GET /me, as a bearer token or an X-API-Key', async () => {
    const { key } = await d.createKey(owner);
    const me = await d.me(owner.client);
    expect(await d.me(t.client(key))).toEqual(me);
    const asHeader = await t.get('/v1/auth/me', { headers: { 'x-api-key': key } });
    expect(asHeader.body).toEqual(me);
  });

  it('may manage the agents that their owner may manage, and not read the audit trail', async () => {
    const reachOf = async (by: DatixlabAccount) => {
      const { id, key } = await d.createKey(by);
      const { scopes } = (await by.client.get<{ scopes: string[] }>(`/auth/api-keys/${uuidOf(id)}`)).body;
      const question = { resource: 'agents', action: 'delete' };
      const { body } = await t.client(key).post<{ allowed: boolean }>('/auth/authorize', question);
      return [scopes, body.allowed];
    };
    const most = ['agents.view', 'agents.create', 'agents.edit'];
    expect(await reachOf(owner)).toEqual([[...most, 'agents.delete'], true]);
    expect(await reachOf(await member(owner))).toEqual([most, false]);
  });

  it('stay valid when their owner turns two-factor authentication on, signs out or changes the password', async () => {
    const person = await d.owner();
    const { key } = await d.createKey(person);
    await new TwoFactor(t).enable(person.client);
    const passwords = { current_password: person.password, new_password: 'Granite-Meadow-77-Oboe' };
    expect((await d.post('/change-password', passwords, person.client)).status).toBe(200);
    await d.post('/logout', undefined, person.client);
    expect((await d.me(t.client(key))).two_factor_enabled).toBe(true);
  });

  it('are suspended while the organisation requires a second factor that their owner does not have', async () => {
    const person = await d.owner();
    const { key } = await d.createKey(person);
    await d.requireTwoFactor(person);
    expect(await d.get('/me', t.client(key))).toBeProblem('api_key_invalid');
    await new TwoFactor(t).enable(person.client);
    expect((await d.me(t.client(key))).email).toBe(person.email);
  });

  it('are the same in every contract, where the UUID in the id is their id', async () => {
    const { id, key } = await d.createKey(owner);
    const inPrimary = await owner.client.get<{ prefix: string }>(`/auth/api-keys/${uuidOf(id)}`);
    expect([inPrimary.status, inPrimary.body.prefix]).toEqual([200, key.slice(0, PREFIX + 3)]);
    expect((await owner.client.delete(`/auth/api-keys/${uuidOf(id)}`)).status).toBe(204);
    expect(await d.get('/me', t.client(key))).toBeProblem('api_key_invalid');
    expect((await list(owner)).api_keys.map((one) => one.id)).not.toContain(id);
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ name: 'CI', description: 5 }, 'description'],
    [{ name: 'CI', expires_in_days: 0 }, 'expires_in_days'],
    [{ name: 'CI', expires_in_days: 3651 }, 'expires_in_days'],
    [{ name: 'CI', expires_in_days: 1.5 }, 'expires_in_days'],
    [{ name: 'CI', expires_in_days: '365' }, 'expires_in_days'],
    [{ name: 'CI', expires_in_days: null }, 'expires_in_days'],
    [{ name: 'CI', expiresInDays: 365 }, 'expiresInDays'],
    [{ name: 'CI', scopes: ['members.view'] }, 'scopes'],
    [{ name: 'CI', user_id: 'user_01h455vb4pex5vsknk084sn02q' }, 'user_id'],
    [{ name: 'CI', key: 'sk_live_mine' }, 'key'],
  ])('are not created from %j', async (body, field) => {
    const reply = await create(body);
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual([`#/${field}`]);
  });

  describe('in their list', () => {
    it('are sorted newest first, page by page', async () => {
      const person = await d.owner();
      const made: string[] = [];
      for (let index = 0; index < 5; index += 1) made.unshift((await d.createKey(person)).id);
      const first = await list(person, '?limit=2');
      expect(first.next_cursor).toBe(first.api_keys[1]?.id);
      const second = await list(person, `?limit=2&cursor=${first.next_cursor}`);
      const third = await list(person, `?limit=2&cursor=${second.next_cursor}`);
      expect([first, second, third].flatMap(({ api_keys }) => api_keys.map(({ id }) => id))).toEqual(made);
      expect(third.next_cursor).toBeNull();
      const whole = await list(person);
      expect([whole.api_keys.length, whole.next_cursor]).toEqual([5, null]);
    });

    it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=', 'page=2'])(
      'are not found by ?%s',
      async (query) => {
        expect(await d.get(`/api-keys?${query}`, owner.client)).toBeProblem('validation_failed');
      },
    );

    it('include those of members below, who see only their own', async () => {
      const person = await d.verifiedOwner();
      const below = await member(person);
      const [mine, theirs] = [await d.createKey(person), await d.createKey(below)];
      const seenBy = async (who: DatixlabAccount) => (await list(who)).api_keys.map(({ id }) => id);
      expect(await seenBy(person)).toEqual([theirs.id, mine.id]);
      expect(await seenBy(below)).toEqual([theirs.id]);
      expect(await revoke(mine.id, below)).toBeProblem('not_found');
      expect((await revoke(theirs.id, person)).status).toBe(200);
    });
  });

  describe('are revoked', () => {
    it('at once; of twenty parallel revocations the owner gets one notice', async () => {
      const person = await d.owner();
      const { id, key } = await d.createKey(person);
      const replies = await burst(20, () => revoke(id, person));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 20 });
      expect(await d.get('/me', t.client(key))).toBeProblem('api_key_invalid');
      const notices = await t.inbox.messages(person.email, 'notice');
      expect(notices.filter(({ subject }) => subject === 'An API key was revoked')).toHaveLength(1);
    });

    it('by nobody of another organisation: the answer is that for an id that does not exist', async () => {
      const { id, key } = await d.createKey(owner);
      const stranger = await d.owner();
      const unknown = id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');
      const [real, random] = [await revoke(id, stranger), await revoke(unknown, stranger)];
      expect(real).toBeProblem('not_found');
      expect(bytesOf(real)).toBe(bytesOf(random));
      expect((await list(stranger)).api_keys).toEqual([]);
      expect((await list(stranger, `?cursor=${id}`)).api_keys).toEqual([]);
      expect((await d.get('/me', t.client(key))).status).toBe(200);
    });

    it.each(['key_abc123', 'x', '0192f3a0-0000-7000-8000-000000000000', 'user_01h455vb4pex5vsknk084sn02q'])(
      'by no id that is not a key’s: %s',
      async (id) => {
        const reply = await revoke(id);
        expect(reply).toBeProblem('validation_failed');
        expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/key_id']);
      },
    );
  });

  it('that are invalid get one and the same answer, byte for byte', async () => {
    const fresh = async () => (await d.createKey(owner)).key;
    const [revoked, expired] = [await d.createKey(owner), await d.createKey(owner)];
    await revoke(revoked.id);
    await t.database.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [uuidOf(expired.id)]);
    const whole = await fresh();
    const offByOne = [PREFIX, PREFIX + 20, whole.length - 1].map(
      (at) => `${whole.slice(0, at)}${whole[at] === 'q' ? 'r' : 'q'}${whole.slice(at + 1)}`,
    );
    const bad = [revoked.key, expired.key, whole.slice(0, -1), whole.slice(0, 12), `${whole}0`, ...offByOne];

    const expected = await d.get('/me', t.client(NEVER_ISSUED));
    expect(expected).toBeProblem('api_key_invalid');
    for (const key of bad) {
      const asHeader = t.client().get<DatixlabAnswer>('/v1/auth/me', { headers: { 'x-api-key': key } });
      // An operation that accepts no keys says so only for a valid one
      const closed = d.get('/api-keys', t.client(key));
      for (const reply of await Promise.all([d.get('/me', t.client(key)), asHeader, closed])) {
        expect([key, bytesOf(reply)]).toEqual([key, bytesOf(expected)]);
      }
    }
    expect((await d.get('/me', t.client(whole))).status).toBe(200);
  });
});

describe('a limit of three API keys, at the datixlab contract', () => {
  const t = useSharedApp({ MAX_API_KEYS_PER_USER: '3' });
  const d = new Datixlab(t);

  it('is enforced for twenty parallel requests of two contracts', async () => {
    const { client } = await d.owner();
    const replies = await burst(20, (index) =>
      index % 2 === 0
        ? d.post('/api-keys', { name: 'CI' }, client)
        : client.post<DatixlabAnswer>('/auth/api-keys', { name: 'CI' }),
    );
    expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 3, 409: 17 });
    expect(await d.post('/api-keys', { name: 'CI' }, client)).toBeProblem('api_key_limit_reached');
  });
});
