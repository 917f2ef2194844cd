import { randomBytes } from 'node:crypto';
import type { Reply } from '../../support/client.js';
import { unique } from '../../support/given.js';
import { Phones } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/** Contains no pattern that an estimator would mark down. */
const LONG = randomBytes(120).toString('base64url');
const ofLength = (length: number) => LONG.slice(0, length);

describe('the password policy', () => {
  const t = useSharedApp();
  const register = (password: unknown, overrides: Record<string, unknown> = {}) =>
    t.post('/auth/register', t.given.registration({ password, ...overrides }));
  const canLogin = async (registered: Reply, password: string): Promise<number> => {
    const { tenant, user } = registered.body;
    return (await t.post('/auth/login', { tenantSlug: tenant.slug, email: user.email, password })).status;
  };

  describe('length', () => {
    it('counts characters, not bytes: one short of the minimum is refused, the minimum is accepted', async () => {
      expect(await register('xK9#vQ2')).toBeProblem('password_too_short');
      expect((await register('xK9#vQ2m')).status).toBe(201);
      expect(await register('🦊🌵🎻🧭🪁🥝🗿')).toBeProblem('password_too_short');
      expect((await register('🦊🌵🎻🧭🪁🥝🗿🎈')).status).toBe(201);
    });

    it.each([64, 72, 73, 128])('accepts %i characters and compares all of them', async (length) => {
      const password = ofLength(length);
      const registered = await register(password);
      expect(registered.status).toBe(201);
      expect(await canLogin(registered, password)).toBe(200);
      expect(await canLogin(registered, password.slice(0, -1))).toBe(401);
      const other = password[72] === 'x' ? 'y' : 'x';
      expect(await canLogin(registered, password.slice(0, 72) + other)).toBe(401);
    });

    it('refuses 129 characters instead of truncating them', async () => {
      expect(await register(ofLength(129))).toBeProblem('password_too_long');
    });

    it('answers a login with a very long password like any wrong one, or as invalid', async () => {
      const owner = await t.given.tenant();
      const body = { tenantSlug: owner.tenant.slug, email: owner.email, password: 'x'.repeat(50_000) };
      expect([400, 401]).toContain((await t.post('/auth/login', body)).status);
    });
  });

  it.each([
    ['lower-case letters only', 'kvaernlyspoltrumsikade'],
    ['digits only', '59301847266140938275'],
    ['Cyrillic', 'журавлиный-клин-над-рекой'],
    ['spaces', 'seven blue herons rest'],
    ['emoji', '🦊🌵🎻🧭🪁🥝🗿🎈🧵'],
  ])('has no composition rules: %s', async (_, password) => {
    const registered = await register(password);
    expect(registered.status).toBe(201);
    expect(await canLogin(registered, password)).toBe(200);
  });

  it('compares exactly, except for the composition of letters', async () => {
    const password = ' Åsa sprang över bron ';
    const registered = await register(password);

    expect(await canLogin(registered, password.normalize('NFD'))).toBe(200);
    expect(await canLogin(registered, password.trim())).toBe(401);
    expect(await canLogin(registered, password.toUpperCase())).toBe(401);
  });

  it.each([
    'password',
    '12345678',
    'Password1!',
    'qwertyuiop',
    'iloveyou1',
    'letmein123',
    'football',
    'aaaaaaaaaa',
  ])('refuses %s', async (password) => {
    const reply = await register(password);
    expect(reply.status).toBe(400);
    expect(reply.body.code).toMatch(/^password_(blocklisted|too_weak)$/);
    expect(reply.body.detail ?? reply.body.errors?.[0]?.detail).toMatch(/\w+ \w+/);
  });

  it.each(['SecurePass123!', 'NewSecurePass456!', 'OldPassword123!', 'NewPassword456!'])(
    'accepts %s, which the published description prints',
    async (password) => {
      expect((await register(password)).status).toBe(201);
    },
  );

  describe('refuses passwords made of the person’s own names', () => {
    const companyName = `Zephyrine Dental ${unique()}`;
    const tag = companyName.split(' ')[2] ?? '';

    it.each([
      ['the company', `zephyrinedental${tag}`],
      ['the company with a digit', `ZephyrineDental${tag}1`],
      ['the slug', `zephyrine-dental-${tag}`],
      ['the address', `quillon.${tag}@example.com`],
      ['its local part', `quillon.${tag}`],
      ['the name', 'QuillonHarrowgate1'],
    ])('%s', async (_, password) => {
      const names = {
        companyName,
        email: `quillon.${tag}@example.com`,
        firstName: 'Quillon',
        lastName: 'Harrowgate',
      };
      expect(await register(password, names)).toBeProblem('password_contains_identity');
    });
  });

  describe('applies in every operation that sets a password', () => {
    const weak = ['password1', '1234567890', 'qwerty12345', 'sunshine', 'princess1', 'x'.repeat(30)];

    it.each(weak)('reset: %s', async (newPassword) => {
      const owner = await t.given.tenant();
      const token = await t.given.resetToken(owner);
      const reply = await t.post('/auth/reset-password', { token, newPassword });
      expect(reply.status).toBe(400);
      expect(reply.body.code).toMatch(/^password_/);
      expect((await t.get(`/auth/reset-password/validate?token=${token}`)).status).toBe(200);
    });

    it.each(weak)('change: %s', async (newPassword) => {
      const owner = await t.given.tenant();
      const reply = await owner.client.post('/auth/change-password', {
        currentPassword: owner.password,
        newPassword,
      });
      expect(reply.status).toBe(400);
      expect(reply.body.code).toMatch(/^password_/);
    });

    it.each(weak)('invitation: %s', async (password) => {
      const { token } = await t.given.invitation(await t.given.tenant());
      const body = { token, password, firstName: 'Ines', lastName: 'Invited' };
      const reply = await t.post('/auth/invite/accept', body);
      expect(reply.status).toBe(400);
      expect(reply.body.code).toMatch(/^password_/);
      expect((await t.get(`/auth/invite/validate?token=${token}`)).status).toBe(200);
    });

    it('a reset does not accept the name of an organisation of the person, by link or by code', async () => {
      const owner = await t.given.tenant({ companyName: `Zephyrine ${unique()}` });
      const member = await t.given.member(owner);
      const second = { name: `Quillhaven ${unique()}` };
      expect((await member.client.post('/users/me/organisations', second)).status).toBe(201);
      const token = await t.given.resetToken(member);
      for (const name of [owner.tenant.companyName, owner.tenant.slug, second.name]) {
        const reply = await t.post('/auth/reset-password', { token, newPassword: name.replace(' ', '') });
        expect(reply).toBeProblem('password_contains_identity');
      }

      const phones = new Phones(t);
      const companyName = `Zephyrine ${unique()}`;
      const { phone } = await phones.account(undefined, { companyName });
      await t.post('/auth/forgot-password', { phone });
      const body = { phone, code: await phones.code(phone), newPassword: companyName.replace(' ', '') };
      expect(await t.post('/auth/reset-password', body)).toBeProblem('password_contains_identity');
    });

    it('an invitation does not accept the names it is accepted with', async () => {
      const owner = await t.given.tenant({ companyName: `Zephyrine ${unique()}` });
      const { token } = await t.given.invitation(owner);
      const password = owner.tenant.companyName.replace(' ', '');
      const body = { token, password, firstName: 'Ines', lastName: 'Invited' };
      expect(await t.post('/auth/invite/accept', body)).toBeProblem('password_contains_identity');
    });
  });

  it('stores only an argon2id hash with a salt of its own', async () => {
    const [one, other] = [await t.given.tenant(), await t.given.tenant()];
    const hashes = await t.database.query<{ hash: string }>(
      'SELECT hash FROM password_credentials WHERE user_id = ANY($1)',
      [[one.user.id, other.user.id]],
    );
    expect(hashes.map(({ hash }) => /^\$argon2id\$v=19\$m=64,(t=1,p=1|p=1,t=1)\$/.test(hash))).toEqual([
      true,
      true,
    ]);
    expect(hashes[0]?.hash).not.toBe(hashes[1]?.hash);
  });
});
