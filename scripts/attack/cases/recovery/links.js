import { forge } from '../../jwt.js';
import { demand } from '../../world/demand.js';
import { newPassword, randomSecret } from '../../world/names.js';
import { invite, resetToken, signIn, tenant } from '../../world/people.js';
import { newCode, phoneAccount, recoveryCode } from '../../world/phones.js';
import { protect, renew, tempToken } from '../../world/second-factor.js';
import { burst, countStatus, expectDead, refresh } from '../shared.js';

const area = 'recovery';
const NAMES = { firstName: 'Attack', lastName: 'Pack' };
const reset = (client, token, password = newPassword()) =>
  client.post('/auth/reset-password', { token, newPassword: password });

export const LINKS = [
  {
    id: 'recovery-link-once',
    area,
    title: 'One reset link in ten parallel requests, with ten passwords, and once more',
    recalls: 'better-auth#9993; CVE-2026-4325 Keycloak (#47715)',
    expected: 'one success',
    run: async (t, look) => {
      const owner = await tenant(t);
      const token = await resetToken(t, owner);
      const passwords = Array.from({ length: 10 }, newPassword);
      const client = t.client();
      const replies = await burst(10, (index) => reset(client, token, passwords[index]));
      look.equal('successes', countStatus(replies, 200), 1);
      owner.password = passwords[replies.findIndex(({ status }) => status === 200)] ?? owner.password;
      look.refused('once more', await reset(client, token), 400);
    },
  },
  {
    id: 'recovery-link-newer',
    area,
    title: 'A reset link after a newer one was sent',
    recalls: 'supabase/auth cf74a14',
    expected: '400',
    run: async (t, look) => {
      const owner = await tenant(t);
      const older = await resetToken(t, owner);
      await resetToken(t, owner);
      look.refused('the older link', await reset(t.client(), older), 400);
    },
  },
  {
    id: 'recovery-link-after-change',
    area,
    title: 'A reset link from before the password was changed',
    recalls: 'supabase/auth#1489, cf74a14',
    expected: '400',
    run: async (t, look) => {
      const owner = await tenant(t);
      const token = await resetToken(t, owner);
      const password = newPassword();
      const body = { currentPassword: owner.password, newPassword: password };
      renew(owner, demand(await owner.client.post('/auth/change-password', body), 200));
      owner.password = password;
      look.refused('the link', await reset(t.client(), token), 400);
    },
  },
  {
    id: 'recovery-link-kinds',
    area,
    budget: 90,
    title: 'Each kind of secret at the endpoints of all the others',
    recalls: 'GHSA-965c-763c-88jm Better Auth; CVE-2026-4325 Keycloak (#47715)',
    expected: 'refused in every operation except its own',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      const secrets = {
        'reset link': await resetToken(t, owner),
        'verification link': await t.mailbox.token(owner.email, 'verify-email'),
        invitation: (await invite(t, await tenant(t))).token,
        'access token': owner.accessToken,
        'refresh token': owner.refreshToken,
        'temp token': await tempToken(t, await protect(t, await tenant(t))),
      };
      const client = t.client();
      const endpoints = {
        'reset link': (token) => reset(client, token),
        'verification link': (token) => owner.client.post('/auth/verify-email', { token }),
        invitation: (token) =>
          client.post('/auth/invite/accept', { token, password: newPassword(), ...NAMES }),
        'refresh token': (token) => refresh(client, token),
        restoration: (token) => client.post('/auth/restore-account', { token }),
        ticket: (token) =>
          client.post('/auth/signup', {
            signupToken: token,
            ...NAMES,
            password: newPassword(),
            companyName: 'Attack',
          }),
        'temp token': (token) => client.post('/auth/verify-2fa', { tempToken: token, code: '123456' }),
      };
      for (const [kind, token] of Object.entries(secrets)) {
        for (const [endpoint, use] of Object.entries(endpoints)) {
          if (kind !== endpoint) look.refused(`${kind} as ${endpoint}`, await use(token));
        }
      }
    },
  },
  {
    id: 'recovery-link-forged',
    area,
    title: 'A reset link truncated, lengthened, in another letter case, a pattern, a list, or made up',
    recalls: 'CVE-2026-27840 Zitadel; CVE-2022-39263 Auth.js (the token was not compared)',
    expected: '400',
    run: async (t, look) => {
      const token = await resetToken(t, await tenant(t));
      const client = t.client();
      const unsigned = forge(t.home.accessToken, { header: { alg: 'none' }, signature: '' });
      const forged = [
        token.slice(0, -1),
        token.slice(1),
        `${token}A`,
        token.toUpperCase(),
        '%',
        '*',
        '',
        [token],
        { token },
        null,
      ];
      for (const text of [...forged, randomSecret(), unsigned]) {
        look.refused(JSON.stringify(text).slice(0, 20), await reset(client, text), 400);
      }
      look.answered(
        'the link still works',
        await client.get(`/auth/reset-password/validate?token=${token}`),
        200,
      );
    },
  },
  {
    id: 'recovery-last-step-first',
    area,
    title: 'The last step of a recovery alone: by address, by number without a code, with an empty code',
    recalls: 'CVE-2026-18963 Keycloak (#51833)',
    expected: '400',
    run: async (t, look) => {
      const [owner, other] = [await tenant(t), await phoneAccount(t)];
      const client = t.client();
      const newPassword_ = newPassword();
      const bodies = {
        'the address': { email: owner.email, newPassword: newPassword_ },
        'the address and no token': { email: owner.email, token: null, newPassword: newPassword_ },
        'the id': { userId: owner.user.id, newPassword: newPassword_ },
        'the number': { phone: other.phone, newPassword: newPassword_ },
        'an empty code': { phone: other.phone, code: '', newPassword: newPassword_ },
        'a code of null': { phone: other.phone, code: null, newPassword: newPassword_ },
        nothing: { newPassword: newPassword_ },
      };
      for (const [what, body] of Object.entries(bodies)) {
        look.refused(what, await client.post('/auth/reset-password', body), 400);
      }
    },
  },
  {
    id: 'recovery-code-of-another',
    area,
    title: 'The own recovery code for the number of another person',
    recalls: 'CVE-2026-18963 Keycloak (another account’s flow)',
    expected: '400',
    run: async (t, look) => {
      const [attacker, victim] = [await phoneAccount(t), await phoneAccount(t)];
      const code = await recoveryCode(t, attacker.phone);
      const other = await recoveryCode(t, victim.phone);
      if (code === other) return look.holds('', true, 'the codes are the same');
      const body = { phone: victim.phone, code, newPassword: newPassword() };
      look.refused('the reset', await t.client().post('/auth/reset-password', body), 400);
    },
  },
  {
    id: 'recovery-ends-sessions',
    area,
    title: 'Sessions, refresh tokens, pending sign-ins and the old password after a recovery',
    recalls: 'GHSA-2vg6-77g8-24mp Better Auth; GHSA-895x Keycloak',
    expected: 'all are refused, and the reset opens no session',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      const old = owner.password;
      const token = await resetToken(t, owner);
      const password = newPassword();
      const reply = demand(await reset(t.client(), token, password), 200);
      owner.password = password;
      look.holds('the response contains a token', !/"(access|refresh)_?token"/i.test(reply.text), 'no token');
      await expectDead(t, look, 'this session', owner);
      await expectDead(t, look, 'another session', elsewhere);
      look.refused(
        'the old password',
        await t.client().post('/auth/login', { email: owner.email, password: old }),
        401,
      );
    },
  },
  {
    id: 'recovery-ends-half-sign-ins',
    area,
    title: 'A sign-in that waits for its second factor, and a code that was open, after a recovery',
    recalls: 'supabase/auth#1489; better-auth#9993',
    expected: 'both are refused',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const half = await tempToken(t, person);
      const password = newPassword();
      demand(await reset(t.client(), await resetToken(t, person), password), 200);
      person.password = password;
      const body = { tempToken: half, code: person.backupCodes.pop() };
      look.refused('the pending sign-in', await t.client().post('/auth/verify-2fa', body), 401);
      const byPhone = await phoneAccount(t);
      const code = await newCode(t, byPhone.phone);
      const recovery = {
        phone: byPhone.phone,
        code: await recoveryCode(t, byPhone.phone),
        newPassword: newPassword(),
      };
      demand(await t.client().post('/auth/reset-password', recovery), 200);
      byPhone.password = recovery.newPassword;
      look.refused(
        'the open code',
        await t.client().post('/auth/otp/verify', { phone: byPhone.phone, code }),
        400,
      );
    },
  },
  {
    id: 'recovery-ends-new-keys',
    area,
    title: 'An API key created shortly before a recovery, by an attacker who had the password',
    recalls: 'CVE-2026-53516 Better Auth; OWASP ASVS V7.4.2',
    expected: '401',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { key } = demand(await owner.client.post('/auth/api-keys', { name: 'Attack pack' }), 201).body;
      const password = newPassword();
      demand(await reset(t.client(), await resetToken(t, owner), password), 200);
      owner.password = password;
      look.refused('the key', await t.client(key).get('/auth/me'), 401);
    },
  },
  {
    id: 'recovery-restoration-forged',
    area,
    title: 'Restoring a deleted account with a made-up link, or twice',
    recalls: 'GHSA-2vg6-77g8-24mp Better Auth; CVE-2026-55670 Zitadel',
    expected: '400; the link works once and opens no session',
    run: async (t, look) => {
      const owner = await tenant(t);
      demand(await owner.client.delete('/users/me', { password: owner.password }), 202);
      const token = await t.mailbox.token(owner.email, 'account-restoration');
      const client = t.client();
      const restore = (text) => client.post('/auth/restore-account', { token: text });
      for (const text of [token.slice(0, -1), token.toUpperCase(), randomSecret(), owner.accessToken]) {
        look.refused('a forged link', await restore(text), 400);
      }
      const replies = await burst(5, () => restore(token));
      look.equal('successes', countStatus(replies, 200), 1);
      look.holds(
        'it opens a session',
        replies.every(({ text }) => !/"access_?token"/i.test(text)),
        'no token',
      );
      await expectDead(t, look, 'the old session', owner);
    },
  },
];
