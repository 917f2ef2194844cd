import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('PATCH /auth/me', () => {
  const t = useSharedApp();
  const patch = (account: Account, body: unknown) => account.client.patch('/auth/me', body);
  const move = (account: Account, email: string) =>
    patch(account, { email, currentPassword: account.password });
  const me = async (account: Account) => (await account.client.get('/auth/me')).body;

  describe('names', () => {
    it('change, and the response is the new profile', async () => {
      const owner = await t.given.tenant();
      const { status, body } = await patch(owner, { firstName: 'Zoë', lastName: "O'Neil-Ånger" });
      expect(status).toBe(200);
      expect(body).toEqual(await me(owner));
      expect(body).toMatchObject({ firstName: 'Zoë', lastName: "O'Neil-Ånger", email: owner.email });
    });

    it('change one at a time', async () => {
      const owner = await t.given.tenant({ firstName: 'Ada', lastName: 'Lovelace' });
      await patch(owner, { lastName: 'Byron' });
      expect(await me(owner)).toMatchObject({ firstName: 'Ada', lastName: 'Byron' });
    });

    it('stay where nothing is sent', async () => {
      const owner = await t.given.tenant({ firstName: 'Ada' });
      expect((await patch(owner, {})).status).toBe(200);
      expect(await me(owner)).toMatchObject({ firstName: 'Ada' });
    });

    it.each([
      [{ firstName: '' }],
      [{ firstName: '   ' }],
      [{ firstName: 'x'.repeat(500) }],
      [{ lastName: 7 }],
      [{ lastName: null }],
      [{ firstName: 'a\u202eb' }],
      [{ firstName: 'see https://evil.example' }],
      [{ email: 'x' }],
      [{ email: null }],
    ])('refuse %j', async (body) => {
      const owner = await t.given.tenant();
      const before = await me(owner);
      expect(await patch(owner, body)).toBeProblem('validation_failed');
      expect(await me(owner)).toEqual(before);
    });
  });

  it.each([
    'id',
    'role',
    'roleLevel',
    'permissions',
    'tenant',
    'tenantId',
    'emailVerified',
    'pendingEmail',
    'avatar',
    'status',
    'createdAt',
    'twoFactorEnabled',
    'passwordHash',
    'password',
    'departmentId',
    'teamIds',
  ])('refuses the field %s, which the caller may not set', async (field) => {
    const owner = await t.given.tenant();
    const before = await me(owner);
    const reply = await patch(owner, { [field]: before[field as keyof typeof before] ?? 'x' });
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.[0]?.pointer).toBe(`#/${field}`);
    expect(await me(owner)).toEqual(before);
  });

  describe('a new e-mail address', () => {
    const verify = async (account: Account, address: string) =>
      account.client.post('/auth/verify-email', { token: await t.inbox.token(address, 'verify-email') });

    it('is pending until its link is opened in a session of the account', async () => {
      const owner = await t.given.tenant();
      const email = uniqueEmail('new');

      const { status, body } = await move(owner, email);

      expect(status).toBe(200);
      expect(body).toMatchObject({ email: owner.email, pendingEmail: email });
      expect((await t.given.login(owner)).user.email).toBe(owner.email);
      expect((await t.post('/auth/login', { email, password: owner.password })).status).toBe(401);

      expect((await verify(owner, email)).status).toBe(200);
      expect(await me(owner)).toMatchObject({ email, pendingEmail: null, emailVerified: true });
      expect((await t.given.login({ ...owner, email })).user.email).toBe(email);
      expect((await t.post('/auth/login', { email: owner.email, password: owner.password })).status).toBe(
        401,
      );
    });

    it('causes a notice to the old one, at the request and at the change', async () => {
      const owner = await t.given.verifiedTenant();
      const email = uniqueEmail('new');
      await move(owner, email);
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
      await verify(owner, email);
      expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(2);
    });

    it('has no effect before', async () => {
      const owner = await t.given.verifiedTenant();
      const email = uniqueEmail('new');
      await move(owner, email);

      await t.post('/auth/forgot-password', { email, tenantSlug: owner.tenant.slug });
      expect(await t.inbox.messages(email, 'password-reset')).toEqual([]);
      expect((await t.post('/auth/register', t.given.registration({ email }))).status).toBe(201);
    });

    it('is not taken from an account that has verified it, and the request does not reveal that', async () => {
      const [owner, other] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
      const free = await move(owner, uniqueEmail());
      const taken = await move(owner, other.email);
      expect(taken.status).toBe(free.status);
      expect({ ...taken.body, pendingEmail: '' }).toEqual({ ...free.body, pendingEmail: '' });
      expect(await t.inbox.messages(other.email, 'verify-email')).toHaveLength(1);
      expect((await t.given.login(other)).user.id).toBe(other.user.id);
    });

    it('is not taken from an account that verified it in the meantime', async () => {
      const [owner, faster] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
      const email = uniqueEmail('meantime');
      await move(owner, email);
      const token = await t.inbox.token(email, 'verify-email');
      await move(faster, email);
      expect((await verify(faster, email)).status).toBe(200);

      expect((await owner.client.post('/auth/verify-email', { token })).status).toBe(409);
      expect((await me(faster)).email).toBe(email);
      expect((await me(owner)).email).toBe(owner.email);
    });

    it('is replaced by a newer request', async () => {
      const owner = await t.given.verifiedTenant();
      const [first, second] = [uniqueEmail('first'), uniqueEmail('second')];
      await move(owner, first);
      await move(owner, second);
      expect(await verify(owner, first)).toBeProblem('verification_token_invalid');
      expect((await verify(owner, second)).status).toBe(200);
      expect((await me(owner)).email).toBe(second);
    });

    it('revokes reset links that were sent to the old one', async () => {
      const owner = await t.given.verifiedTenant();
      const email = uniqueEmail('new');
      const token = await t.given.resetToken(owner);
      await move(owner, email);
      await verify(owner, email);
      expect(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD })).toBeProblem(
        'reset_token_invalid',
      );
    });

    it('ends the other sessions when it takes effect', async () => {
      const owner = await t.given.verifiedTenant();
      const elsewhere = await t.given.login(owner);
      const email = uniqueEmail('new');
      await move(owner, email);
      await verify(owner, email);
      expect((await owner.client.get('/auth/me')).status).toBe(200);
      expect((await elsewhere.client.get('/auth/me')).status).toBe(401);
    });

    it('goes to one of two people who verify it at once', async () => {
      const [one, other] = [await t.given.verifiedTenant(), await t.given.verifiedTenant()];
      const email = uniqueEmail('both');
      await move(one, email);
      const tokenOfOne = await t.inbox.token(email, 'verify-email');
      await move(other, email);
      const tokenOfOther = await t.inbox.token(email, 'verify-email');

      await burst(20, (index) =>
        index % 2 === 0
          ? one.client.post('/auth/verify-email', { token: tokenOfOne })
          : other.client.post('/auth/verify-email', { token: tokenOfOther }),
      );

      const holders = await t.database.query('SELECT 1 FROM users WHERE email = $1', [email]);
      expect(holders).toHaveLength(1);
    });

    it.each([
      ['another letter case', (email: string) => email.toUpperCase()],
      ['spaces', (email: string) => ` ${email} `],
    ])('changes nothing where it is the present one in %s', async (_, variant) => {
      const owner = await t.given.verifiedTenant();
      const { body } = await patch(owner, { email: variant(owner.email) });
      expect(body).toMatchObject({ email: owner.email, pendingEmail: null, emailVerified: true });
    });

    describe('requires the password, however recent the sign-in is:', () => {
      const later = async () => {
        const owner = await t.given.verifiedTenant();
        await t.database.pass(1801);
        return owner;
      };

      it.each([
        ['just after it', () => t.given.verifiedTenant()],
        ['some time later', later],
      ])('without it, the request is refused %s, and nothing happens', async (_, signedIn) => {
        const owner = await signedIn();
        const email = uniqueEmail();
        const { body } = await t.post('/auth/refresh', { refreshToken: owner.refreshToken });
        for (const token of [owner.accessToken, body.accessToken]) {
          const reply = await owner.client.patch('/auth/me', { email, firstName: 'X' }, { token });
          expect(reply).toBeProblem('reauthentication_required');
          expect(reply.body.detail).toBe('Send `currentPassword`.');
        }
        expect(await me(owner)).toMatchObject({ firstName: 'Olga', pendingEmail: null });
        expect(await t.inbox.messages(email)).toEqual([]);
        expect(await t.inbox.messages(owner.email, 'notice')).toEqual([]);
      });

      it.each([
        ['just after it', () => t.given.verifiedTenant()],
        ['some time later', later],
      ])('with it, the request is accepted %s', async (_, signedIn) => {
        const owner = await signedIn();
        const email = uniqueEmail();
        expect((await move(owner, email)).body.pendingEmail).toBe(email);
      });

      it('a wrong one is refused, and counts as a failed sign-in', async () => {
        const owner = await t.given.tenant();
        const request = { email: uniqueEmail(), currentPassword: NEW_PASSWORD };
        for (let guess = 0; guess < 5; guess += 1) {
          expect(await patch(owner, request)).toBeProblem('current_password_incorrect');
        }
        expect(await patch(owner, request)).toBeProblem('too_many_attempts');
        expect((await me(owner)).pendingEmail).toBeNull();
        const { email, password } = owner;
        expect(await t.post('/auth/login', { email, password })).toBeProblem('too_many_attempts');
      });

      it('twenty wrong ones at once count as five guesses', async () => {
        const owner = await t.given.tenant();
        const request = { email: uniqueEmail(), currentPassword: NEW_PASSWORD };
        const replies = await burst(20, () => patch(owner, request));
        expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 5, 429: 15 });
      });

      it('names change without it', async () => {
        const owner = await later();
        expect((await patch(owner, { firstName: 'Later' })).status).toBe(200);
      });

      it('an account that has none requires a recent sign-in', async () => {
        const owner = await t.given.verifiedTenant();
        await t.database.query('DELETE FROM password_credentials WHERE user_id = $1', [owner.user.id]);
        const email = uniqueEmail();
        expect((await patch(owner, { email })).body.pendingEmail).toBe(email);
        await t.database.pass(1801);
        const reply = await patch(owner, { email: uniqueEmail() });
        expect(reply).toBeProblem('reauthentication_required');
        expect((await me(owner)).pendingEmail).toBe(email);
      });
    });
  });
});
