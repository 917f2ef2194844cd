import { eventsOf } from '../../support/audit.js';
import { burst, countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';

const NAMES = { firstName: 'Ines', lastName: 'Invited' };

describe('an invitation by SMS', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const invite = (by: Account, phone: string, more: object = {}) =>
    by.client.post('/auth/invite', { phone, role: 'user', ...more });
  const invited = async (by: Account, phone = uniquePhone()) => {
    expect((await invite(by, phone)).status).toBe(201);
    return { phone, token: await t.inbox.token(phone, 'invitation') };
  };
  const validate = (token: string) => t.get(`/auth/invite/validate?token=${token}`);
  const accept = (token: string, body: object = { password: PASSWORD, ...NAMES }, as: Client = t.client()) =>
    as.post('/auth/invite/accept', { token, ...body });
  const membersOf = (owner: Account) =>
    t.database.query('SELECT user_id FROM memberships WHERE tenant_id = $1', [owner.tenant.id]);

  it('is sent to the number, in whatever notation it was given', async () => {
    const owner = await t.given.tenant();
    const phone = uniquePhone();
    const { status, body } = await invite(owner, `00 ${phone.slice(1, 3)}-${phone.slice(3)}`);
    expect(status).toBe(201);
    expect(body).toMatchObject({ email: null, phone, role: 'user', invitedBy: 'Olga Owner' });
    const message = await t.inbox.latest(phone, 'invitation');
    expect(message).toMatchObject({ channel: 'sms', to: phone });
    expect(body).not.toHaveProperty('token');
  });

  it('contains a secret of at least 128 bits, stored only in the message', async () => {
    const { token } = await invited(await t.given.tenant());
    expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
    const rows = await t.database.query(`SELECT * FROM one_time_secrets WHERE purpose = 'invitation'`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('returns the number to the person who opens it', async () => {
    const owner = await t.given.tenant();
    const { phone, token } = await invited(owner);
    expect((await validate(token)).body).toEqual({
      valid: true,
      email: null,
      phone,
      tenantName: owner.tenant.companyName,
      invitedBy: 'Olga Owner',
      roleName: 'User',
    });
  });

  it.each([[{ email: 'a@example.com' }], [{ phone: undefined }], [{ phone: '12' }], [{ phone: null }]])(
    'requires exactly one recipient: not %j',
    async (body) => {
      expect(await invite(await t.given.tenant(), uniquePhone(), body)).toBeProblem('validation_failed');
    },
  );

  it('verifies the number of a new person, who then signs in with it', async () => {
    const owner = await t.given.tenant();
    const { phone, token } = await invited(owner);
    const { status, body } = await accept(token);
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ email: null, phone, ...NAMES, role: 'user' });
    const me = (await t.client(body.accessToken).get('/auth/me')).body;
    expect(me).toMatchObject({ phone, phoneVerified: true, emailVerified: false });

    const login = await t.post('/auth/login', { phone, password: PASSWORD });
    expect([login.status, login.body.user.id]).toEqual([200, body.user.id]);
    const byCode = await phones.verify(phone, await phones.newCode(phone));
    expect([byCode.status, byCode.body.isNewUser]).toEqual([200, false]);
  });

  it('is accepted once in twenty parallel requests', async () => {
    const owner = await t.given.tenant();
    const { phone, token } = await invited(owner);
    const replies = await burst(20, () => accept(token));
    expect(countBy(replies, ({ status }) => status)[201]).toBe(1);
    for (const { status } of replies) expect([201, 400, 401]).toContain(status);
    expect(await membersOf(owner)).toHaveLength(2);
    expect(await t.database.query('SELECT 1 FROM users WHERE phone = $1', [phone])).toHaveLength(1);
  });

  it('is revoked once a newer one for the same number is sent', async () => {
    const owner = await t.given.tenant();
    const { phone, token } = await invited(owner);
    await t.database.pass(120);
    const newer = await invited(owner, phone);
    expect(await accept(token)).toBeProblem('invitation_already_used');
    expect((await accept(newer.token)).status).toBe(201);
  });

  it('is not offered to a member who has verified the number', async () => {
    const owner = await t.given.tenant();
    const { phone, token } = await invited(owner);
    await accept(token);
    await t.database.pass(120);
    expect(await invite(owner, phone)).toBeProblem('already_member');
  });

  describe('to a person who has an account', () => {
    it('is accepted with the account’s password, and with a session', async () => {
      const person = await phones.account();
      const [first, second] = [await t.given.tenant(), await t.given.tenant()];
      const byPassword = await invited(first, person.phone);
      const joined = await accept(byPassword.token, { password: person.password });
      expect([joined.status, joined.body.user.id]).toEqual([201, person.userId]);

      await t.database.pass(120);
      const bySession = await invited(second, person.phone);
      const again = await accept(bySession.token, {}, person.client);
      expect([again.status, again.body.tenant.id]).toEqual([201, second.tenant.id]);
    });

    it('never sets a new password, and counts wrong ones like those of a log-in', async () => {
      const person = await phones.account();
      const { token } = await invited(await t.given.tenant(), person.phone);
      const replies = await burst(20, () => accept(token, { password: NEW_PASSWORD }));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 401: 5, 429: 15 });
      const login = { phone: person.phone, password: person.password };
      expect(await t.post('/auth/login', login)).toBeProblem('too_many_attempts');
      expect((await validate(token)).status).toBe(200);
    });

    it('is refused in the session of another account', async () => {
      const [person, stranger] = [await phones.account(), await phones.account()];
      const { token } = await invited(await t.given.tenant(), person.phone);
      expect(await accept(token, {}, stranger.client)).toBeProblem('invitation_wrong_account');
      expect((await validate(token)).status).toBe(200);
    });
  });

  describe('verifies the number, whichever account claimed it before:', () => {
    it('an account without a verified identifier goes to the invited person, and the claimant loses it', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone);
      const { token } = await invited(await t.given.tenant(), phone);
      const { status, body } = await accept(token, { password: NEW_PASSWORD, ...NAMES });
      expect([status, body.user.id]).toEqual([201, squatter.user.id]);
      expect(await squatter.client.get('/auth/me')).toBeProblem('access_token_invalid');
      const login = { phone, password: squatter.password };
      expect(await t.post('/auth/login', login)).toBeProblem('invalid_credentials');
    });

    it('a claimant with a verified address keeps the account and its sessions, without the number', async () => {
      const phone = uniquePhone();
      const squatter = await phones.squatter(phone, { email: 'verified' });
      const { token } = await invited(await t.given.tenant(), phone);
      const { status, body } = await accept(token, { password: NEW_PASSWORD, ...NAMES });
      expect([status, body.user.id === squatter.user.id]).toEqual([201, false]);
      expect((await squatter.client.get('/auth/me')).body).toMatchObject({
        email: squatter.email,
        phone: null,
      });
    });

    it('a claimant who is the invited person joins with their password', async () => {
      const phone = uniquePhone();
      const person = await phones.squatter(phone);
      const { token } = await invited(await t.given.tenant(), phone);
      const { body } = await accept(token, { password: person.password });
      expect(body.user.id).toBe(person.user.id);
      expect((await t.client(body.accessToken).get('/auth/me')).body).toMatchObject({ phoneVerified: true });
    });
  });
});

describe('an invitation by SMS that the spend guard holds back', () => {
  const t = useSharedApp({ SMS_COUNTRIES: 'GB' });

  it('is refused, is not created, and has an audit event of its own that names its sender', async () => {
    const owner = await t.given.verifiedTenant();
    const phone = uniquePhone();
    const reply = await owner.client.post('/auth/invite', { phone, role: 'user' });
    expect(reply).toBeProblem('sms_not_available');
    expect((await owner.client.get('/tenants/current/invitations')).body.data).toEqual([]);
    expect(await t.inbox.messages(phone)).toEqual([]);
    const suppressed = () => eventsOf(owner.client, { action: 'message.suppressed' });
    await until(async () => (await suppressed()).length > 0);
    expect(await suppressed()).toMatchObject([
      {
        actor: { kind: 'user', id: owner.user.id },
        outcome: 'refused',
        detail: { codes: ['sms_not_available'], reasons: ['country_not_allowed'] },
      },
    ]);
  });

  it('leaves the one that was sent before', async () => {
    const owner = await t.given.verifiedTenant();
    const phone = uniquePhone();
    const british = '+447400123456';
    expect((await owner.client.post('/auth/invite', { phone: british, role: 'user' })).status).toBe(201);
    const { id } = (await owner.client.get('/tenants/current/invitations')).body.data[0] ?? { id: '' };
    const token = await t.inbox.token(british, 'invitation');
    await t.database.query('UPDATE invitations SET phone = $2 WHERE id = $1', [id, phone]);
    const replies = [
      await owner.client.post(`/tenants/current/invitations/${id}/resend`),
      await owner.client.post('/auth/invite', { phone, role: 'user' }),
    ];
    for (const reply of replies) expect(reply).toBeProblem('sms_not_available');
    expect((await t.get(`/auth/invite/validate?token=${token}`)).status).toBe(200);
  });
});
