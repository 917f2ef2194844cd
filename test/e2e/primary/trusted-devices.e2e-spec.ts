import type { Answer, SessionAnswer } from '../../support/answer.js';
import { NEW_PASSWORD, unique } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';

type DeviceAnswer = Answer & { deviceToken?: string; data: SessionAnswer[] };

describe('trusted devices', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const allow = (tenantId: string, allowed = true) =>
    t.database.query('UPDATE tenants SET allow_trusted_devices = $2 WHERE id = $1', [tenantId, allowed]);
  const logIn = ({ email, password }: Protected, deviceToken?: string, tenantSlug?: string) =>
    t.client().post<DeviceAnswer>('/auth/login', { email, password, deviceToken, tenantSlug });
  const devices = async ({ client }: Protected) =>
    (await client.get<DeviceAnswer>('/auth/trusted-devices')).body.data;

  /** Signed in with both factors, with the request to trust the device. */
  const remember = async (owner: Protected, rememberDevice?: unknown) => {
    const body = {
      tempToken: await twoFactor.tempToken(owner),
      code: owner.authenticator.code(),
      rememberDevice,
    };
    const headers = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    const reply = await t.client().post<DeviceAnswer>('/auth/verify-2fa', body, { headers });
    await twoFactor.forgetSteps(owner.user.id);
    return reply;
  };
  /** In a tenant that allows it, with one trusted device. */
  const trusting = async () => {
    const owner = await twoFactor.owner();
    await allow(owner.tenant.id);
    const { status, body } = await remember(owner, true);
    expect(status).toBe(200);
    expect(body.deviceToken).toMatch(/^device_[\w-]{43}$/);
    return { owner, deviceToken: body.deviceToken ?? '' };
  };
  const expectAsked = async (owner: Protected, deviceToken: string) => {
    const { status, body } = await logIn(owner, deviceToken);
    expect([status, body.requiresTwoFactor, body.accessToken]).toEqual([200, true, undefined]);
  };

  it('are created only where the organisation allows them and the person requests it', async () => {
    const owner = await twoFactor.owner();
    expect((await remember(owner, true)).body).not.toHaveProperty('deviceToken');
    await allow(owner.tenant.id);
    for (const request of [undefined, false]) {
      expect((await remember(owner, request)).body).not.toHaveProperty('deviceToken');
    }
    expect(await remember(owner, 'true')).toBeProblem('validation_failed');
    expect(await devices(owner)).toEqual([]);
  });

  it('sign in without a code, as with both factors', async () => {
    const { owner, deviceToken } = await trusting();
    const { status, body } = await logIn(owner, deviceToken);
    expect(status).toBe(200);
    const me = await t.client(body.accessToken).get('/auth/me');
    expect(me.body).toMatchObject({ id: owner.user.id, twoFactorEnabled: true });
    expect((await t.post('/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
    expect((await logIn(owner, deviceToken)).body.accessToken).toBeDefined();
    const [session] = await t.database.query<{ methods: string[] }>(
      'SELECT methods FROM sessions WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1',
      [owner.user.id],
    );
    expect(session?.methods).toEqual(['pwd', 'mfa']);
  });

  it('still require the password', async () => {
    const { owner, deviceToken } = await trusting();
    const reply = await logIn({ ...owner, password: NEW_PASSWORD }, deviceToken);
    expect(reply).toBeProblem('invalid_credentials');
  });

  it('belong to one person', async () => {
    const { deviceToken } = await trusting();
    const other = await trusting();
    await expectAsked(other.owner, deviceToken);
  });

  it.each(['x', 'device_', `device_${'A'.repeat(43)}`, 'temp_xyz789'])(
    'are not accepted by %s',
    async (token) => {
      const { owner } = await trusting();
      await expectAsked(owner, token);
    },
  );

  it('are trusted for thirty days', async () => {
    const [early, late] = [await trusting(), await trusting()];
    await t.database.pass(30 * 86_400 - 300);
    expect((await logIn(early.owner, early.deviceToken)).body.accessToken).toBeDefined();
    await t.database.pass(301);
    await expectAsked(late.owner, late.deviceToken);
  });

  it('are not trusted any more when the organisation disallows them', async () => {
    const { owner, deviceToken } = await trusting();
    await allow(owner.tenant.id, false);
    await expectAsked(owner, deviceToken);
  });

  it('are not trusted by an organisation that allows none, at a sign-in or by a switch', async () => {
    const { owner, deviceToken } = await trusting();
    const { body: strict } = await owner.client.post<Answer & { slug: string }>('/users/me/organisations', {
      name: `Strict ${unique()}`,
    });
    const asked = await logIn(owner, deviceToken, strict.slug);
    expect(asked.body.requiresTwoFactor).toBe(true);
    const { body } = await logIn(owner, deviceToken, owner.tenant.slug);
    const switched = (token: string) => t.client(token).post('/users/me/switch-org', { orgId: strict.id });
    expect(await switched(body.accessToken)).toBeProblem('reauthentication_required');
    expect((await t.client(body.accessToken).get('/auth/me')).body.tenant.id).toBe(owner.tenant.id);
    const full = await twoFactor.signIn(owner);
    expect((await switched(full.body.accessToken)).status).toBe(200);
  });

  it('are listed by device', async () => {
    const { owner, deviceToken } = await trusting();
    const [device, ...more] = await devices(owner);
    expect(more).toEqual([]);
    expect(device).toMatchObject({ device: 'Firefox on Linux', address: expect.stringMatching(/^127\./) });
    expect(JSON.stringify(device)).not.toContain(deviceToken.slice('device_'.length));
    const lifetime = Date.parse(device?.expiresAt ?? '') - Date.parse(device?.createdAt ?? '');
    expect(lifetime).toBe(30 * 86_400_000);
  });

  it('are removed one by one, by their owner', async () => {
    const { owner, deviceToken } = await trusting();
    const stranger = await trusting();
    const [device] = await devices(owner);
    const forget = (as: Protected) => as.client.delete(`/auth/trusted-devices/${device?.id}`);
    expect(await forget(stranger.owner)).toBeProblem('not_found');
    expect((await logIn(owner, deviceToken)).body.accessToken).toBeDefined();
    expect((await forget(owner)).status).toBe(204);
    expect(await forget(owner)).toBeProblem('not_found');
    await expectAsked(owner, deviceToken);
    expect(await devices(owner)).toEqual([]);
  });

  it('are limited to twenty: the one used longest ago is removed', async () => {
    const { owner, deviceToken } = await trusting();
    const [first] = await devices(owner);
    for (let index = 0; index < 20; index += 1) {
      await t.database.pass(60);
      await remember(owner, true);
    }
    const kept = await t.database.query<{ id: string }>('SELECT id FROM trusted_devices WHERE user_id = $1', [
      owner.user.id,
    ]);
    expect(kept).toHaveLength(20);
    expect(kept.map(({ id }) => id)).not.toContain(first?.id);
    await expectAsked(owner, deviceToken);
  });

  const ENDS: Record<string, (owner: Protected) => Promise<{ password: string }>> = {
    'the password changes': async ({ client, password: currentPassword }) => {
      await client.post('/auth/change-password', { currentPassword, newPassword: NEW_PASSWORD });
      return { password: NEW_PASSWORD };
    },
    'the password is recovered': async (owner) => {
      await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [owner.user.id]);
      const token = await t.given.resetToken(owner);
      await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      return { password: NEW_PASSWORD };
    },
    'the second factor is turned off, and on anew': async ({ client, password, backupCodes: [code] }) => {
      expect((await client.post('/auth/disable-2fa', { password, code })).status).toBe(200);
      await twoFactor.enable(client);
      return { password };
    },
  };

  it.each(Object.entries(ENDS))('are all removed when %s', async (_, end) => {
    const { owner, deviceToken } = await trusting();
    const { password } = await end(owner);
    await expectAsked({ ...owner, password }, deviceToken);
  });

  it('cause a notice and an audit event', async () => {
    const { owner } = await trusting();
    const [device] = await devices(owner);
    await owner.client.delete(`/auth/trusted-devices/${device?.id}`);
    const notices = await t.inbox.messages(owner.email, 'notice');
    expect(notices.map(({ subject }) => subject)).toContain('A device is trusted now');
    const trail = await t.database.query<{ action: string }>(
      `SELECT action FROM audit_events WHERE target_id = $1 ORDER BY occurred_at`,
      [device?.id],
    );
    expect(trail.map(({ action }) => action)).toEqual(['trusted_device.added', 'trusted_device.removed']);
  });

  it('are stored without their token', async () => {
    const { deviceToken } = await trusting();
    const [row] = await t.database.query<{ dump: string }>(
      `SELECT (SELECT jsonb_agg(to_jsonb(s))::text FROM one_time_secrets s)
         || (SELECT jsonb_agg(to_jsonb(d))::text FROM trusted_devices d) AS dump`,
    );
    expect(row?.dump).toContain('trusted-device');
    expect(row?.dump).not.toContain(deviceToken.slice('device_'.length));
  });
});
