import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { FormData } from 'undici';
import type { Client, Reply } from '../../support/client.js';
import { NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import * as seed from '../../support/seeds/workspace.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the published description of the primary contract', () => {
  const t = useSharedApp();
  let registered: Reply;
  let admin: Client;

  const acme = () => ({ ...seed.register.request, slug: registered.body.tenant.slug });

  /** The printed person has a picture, a department and a team, and the printed role has a name of its own. */
  const place = async (): Promise<void> => {
    const { tenant, user } = registered.body;
    const [department, team] = [randomUUID(), randomUUID()];
    await t.database.query(`INSERT INTO departments (id, tenant_id, name) VALUES ($1, $2, 'Sales')`, [
      department,
      tenant.id,
    ]);
    await t.database.query(`INSERT INTO teams (id, tenant_id, name) VALUES ($1, $2, 'North')`, [
      team,
      tenant.id,
    ]);
    await t.database.query('UPDATE memberships SET department_id = $1 WHERE user_id = $2', [
      department,
      user.id,
    ]);
    await t.database.query(
      'INSERT INTO team_members (tenant_id, team_id, membership_id) SELECT $1, $2, id FROM memberships WHERE user_id = $3',
      [tenant.id, team, user.id],
    );
    await t.database.query(
      `UPDATE roles SET name = 'Sales Representative' WHERE tenant_id = $1 AND key = 'user'`,
      [tenant.id],
    );
    const form = new FormData();
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#336699' } })
      .jpeg()
      .toBuffer();
    form.set('file', new Blob([picture], { type: 'image/jpeg' }), 'me.jpg');
    expect((await admin.put('/auth/me/avatar', form)).status).toBe(200);
  };

  beforeAll(async () => {
    const client = t.client();
    registered = await client.post('/auth/register', seed.register.request);
    if (registered.status !== 201) throw new Error(`The printed registration got ${registered.text}`);
    admin = client.withToken(registered.body.accessToken);
    const token = await t.given.verificationToken(registered.body.user);
    await admin.post('/auth/verify-email', { token });
    await place();
  });

  const inviteNewUser = async (email = seed.inviteValidate.answer.email) => {
    const invited = await admin.post('/auth/invite', { email, role: 'user' });
    expect(invited.status).toBe(201);
    return t.inbox.token(email, 'invitation');
  };

  describe('POST /auth/register', () => {
    it('gives the printed answer', () => {
      expect(registered.status).toBe(seed.register.status);
      expect(registered.body).toHaveShape(seed.register.answer);
    });

    it('answers 400 to a weak password', async () => {
      const weak = t.given.registration({ password: 'password' });
      expect((await t.post('/auth/register', weak)).status).toBe(400);
    });

    it.each(['email', 'password', 'companyName', 'firstName', 'lastName'])(
      'answers 400 where %s is missing',
      async (field) => {
        const reply = await t.post('/auth/register', t.given.registration({ [field]: undefined }));
        expect(reply).toBeProblem('validation_failed');
        expect(reply.body.errors?.map((error) => error.pointer)).toContain(`#/${field}`);
      },
    );

    it('answers 409 to an e-mail address that exists already', async () => {
      const reply = await t.post('/auth/register', t.given.registration({ email: acme().email }));
      expect(reply).toBeProblem('email_taken', 409);
    });

    it('answers 409 to a company name that exists already', async () => {
      const reply = await t.post('/auth/register', t.given.registration({ companyName: acme().companyName }));
      expect(reply).toBeProblem('company_name_taken', 409);
    });
  });

  describe('POST /auth/login', () => {
    it('gives the printed answer', async () => {
      const reply = await t.post('/auth/login', seed.login.request);
      expect(reply.status).toBe(seed.login.status);
      expect(reply.body).toHaveShape(seed.login.answer);
    });

    it('answers 401 to wrong credentials', async () => {
      const reply = await t.post('/auth/login', { ...seed.login.request, password: NEW_PASSWORD });
      expect(reply).toBeProblem('invalid_credentials', 401);
    });

    it('answers 404 to a tenant that does not exist', async () => {
      const reply = await t.post('/auth/login', { ...seed.login.request, tenantSlug: 'no-such-company' });
      expect(reply).toBeProblem('tenant_not_found', 404);
    });
  });

  describe('GET /auth/me', () => {
    it('gives the printed answer', async () => {
      const reply = await admin.get('/auth/me');
      expect(reply.status).toBe(seed.me.status);
      expect(reply.body).toHaveShape(seed.me.answer);
    });

    it('adds the fields that the description does not print', async () => {
      const { body } = await admin.get('/auth/me');
      expect(body).toMatchObject({ emailVerified: true, phone: null, pendingEmail: null });
    });
  });

  describe('POST /auth/refresh', () => {
    it('gives the printed answer', async () => {
      const { refreshToken } = (await t.post('/auth/login', seed.login.request)).body;
      const reply = await t.post('/auth/refresh', { refreshToken });
      expect(reply.status).toBe(seed.refresh.status);
      expect(reply.body).toHaveShape(seed.refresh.answer);
    });

    it('answers 401 to an invalid refresh token', async () => {
      expect(await t.post('/auth/refresh', seed.refresh.request)).toBeProblem('refresh_token_invalid', 401);
    });
  });

  describe('GET /auth/invite/validate and POST /auth/invite/accept', () => {
    it('give the printed answers', async () => {
      const token = await inviteNewUser();

      const validated = await t.get(`/auth/invite/validate?token=${token}`);
      expect(validated.status).toBe(seed.inviteValidate.status);
      expect(validated.body).toHaveShape(seed.inviteValidate.answer);

      const accepted = await t.post('/auth/invite/accept', { ...seed.inviteAccept.request, token });
      expect(accepted.status).toBe(seed.inviteAccept.status);
      expect(accepted.body).toHaveShape(seed.inviteAccept.answer);
    });

    it('answer 400 to a token that was used', async () => {
      const token = await inviteNewUser(uniqueEmail());
      await t.post('/auth/invite/accept', { ...seed.inviteAccept.request, token });

      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_already_used', 400);
      const again = await t.post('/auth/invite/accept', { ...seed.inviteAccept.request, token });
      expect(again).toBeProblem('invitation_already_used', 400);
    });

    it('answer 400 to a token that expired', async () => {
      const token = await inviteNewUser(uniqueEmail());
      await t.database.query(
        `UPDATE invitations SET expires_at = now() - interval '1 second' WHERE accepted_at IS NULL`,
      );
      await t.database.query(
        `UPDATE one_time_secrets SET expires_at = now() - interval '1 second' WHERE purpose = 'invitation'`,
      );

      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_expired', 400);
      const accepted = await t.post('/auth/invite/accept', { ...seed.inviteAccept.request, token });
      expect(accepted).toBeProblem('invitation_expired', 400);
    });

    it('answer 404 to an invalid token', async () => {
      const { token } = seed.inviteAccept.request;
      expect(await t.get(`/auth/invite/validate?token=${token}`)).toBeProblem('invitation_not_found', 404);
      expect(await t.post('/auth/invite/accept', seed.inviteAccept.request)).toBeProblem(
        'invitation_not_found',
        404,
      );
    });
  });

  describe('POST /auth/forgot-password', () => {
    it('gives the printed answer', async () => {
      const reply = await t.post('/auth/forgot-password', seed.forgotPassword.request);
      expect(reply.status).toBe(seed.forgotPassword.status);
      expect(reply.body).toEqual(seed.forgotPassword.answer);
    });

    it('gives the same answer for an address that does not exist', async () => {
      const reply = await t.post('/auth/forgot-password', {
        ...seed.forgotPassword.request,
        email: uniqueEmail(),
      });
      expect(reply.status).toBe(seed.forgotPassword.status);
      expect(reply.body).toEqual(seed.forgotPassword.answer);
    });
  });

  describe('GET /auth/reset-password/validate and POST /auth/reset-password', () => {
    it('give the printed answers', async () => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);

      const validated = await t.get(`/auth/reset-password/validate?token=${token}`);
      expect(validated.status).toBe(seed.resetPasswordValidate.status);
      expect(validated.body).toHaveShape({ ...seed.resetPasswordValidate.answer, email: owner.email });

      const reset = await t.post('/auth/reset-password', { ...seed.resetPassword.request, token });
      expect(reset.status).toBe(seed.resetPassword.status);
      expect(reset.body).toHaveShape(seed.resetPassword.answer);
    });
  });

  describe('POST /auth/change-password', () => {
    const { currentPassword } = seed.changePassword.request;

    it('gives the printed answer', async () => {
      const owner = await t.given.tenant({ password: currentPassword });
      const reply = await owner.client.post('/auth/change-password', seed.changePassword.request);
      expect(reply.status).toBe(seed.changePassword.status);
      expect(reply.body).toHaveShape(seed.changePassword.answer);
    });

    it('answers 400 to a new password that does not meet the requirements', async () => {
      const owner = await t.given.tenant({ password: currentPassword });
      const reply = await owner.client.post('/auth/change-password', {
        currentPassword,
        newPassword: 'password',
      });
      expect(reply.status).toBe(400);
    });

    it('answers 401 to a wrong current password', async () => {
      const owner = await t.given.tenant();
      const reply = await owner.client.post('/auth/change-password', seed.changePassword.request);
      expect(reply).toBeProblem('current_password_incorrect', 401);
    });
  });
});
