import { demand } from '../../world/demand.js';
import { newPassword } from '../../world/names.js';
import { invite, leaves, registration, resetToken, signIn, tenant } from '../../world/people.js';
import { newCode, phoneAccount } from '../../world/phones.js';
import { protect, tempToken } from '../../world/second-factor.js';
import { me, refresh } from '../shared.js';

const area = 'second-factor';

/** The response requires the second factor and opens no session. */
function asksOnly(look, what, { status, text }) {
  const opens = /"(access_?token|refresh_?token)"/i.test(text);
  const asks = /"requires(TwoFactor|_2fa)":true/.test(text);
  look.holds(
    `${what}: ${status}${opens ? ' with tokens' : ''}`,
    !opens && (asks || status >= 400),
    asks ? 'asked' : `${status}`,
  );
}

export const SIGN_IN = [
  {
    id: 'second-factor-password',
    area,
    title: 'The password alone, in every contract',
    recalls: 'better-auth#9205, #9552',
    expected: 'no token without the code',
    run: async (t, look) => {
      const { email, password } = await protect(t, await tenant(t));
      const paths = { primary: '/auth/login', katixo: '/api/v1/auth/login', datixlab: '/v1/auth/login' };
      for (const contract of t.target.contracts) {
        asksOnly(look, contract, await t.client().post(paths[contract], { email, password }));
      }
    },
  },
  {
    id: 'second-factor-phone-code',
    area,
    title: 'A code to the phone instead of the second factor, in every contract',
    recalls: 'kratos#4317 (one code counted as two factors); better-auth#9205',
    expected: 'no token without the code of the authenticator',
    run: async (t, look) => {
      const { phone } = await protect(t, await phoneAccount(t));
      asksOnly(
        look,
        'primary',
        await t.client().post('/auth/otp/verify', { phone, code: await newCode(t, phone) }),
      );
      if (!t.target.contracts.has('katixo')) return;
      const otp = await newCode(t, phone);
      asksOnly(look, 'katixo', await t.client().post('/api/v1/auth/otp/verify', { phone, otp }));
    },
  },
  {
    id: 'second-factor-invitation',
    area,
    title: 'Accepting an invitation with the password',
    recalls: 'better-auth#9552; Casdoor CVE-2026-9091 (another path)',
    expected: 'no token without the code',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const host = await tenant(t);
      leaves(t, host, person.user.id);
      const { token } = await invite(t, host, { email: person.email });
      const { password } = person;
      asksOnly(look, 'primary', await t.client().post('/auth/invite/accept', { token, password }));
    },
  },
  {
    id: 'second-factor-invitation-katixo',
    area,
    title: 'Accepting an invitation with the password at Katixo',
    recalls: 'CVE-2026-16103 Keycloak (#50996: the incomplete fix)',
    expected: 'no token without the code',
    run: async (t, look) => {
      t.needContract('katixo');
      const person = await protect(t, await tenant(t));
      const host = await tenant(t);
      leaves(t, host, person.user.id);
      const { token } = await invite(t, host, { email: person.email });
      const body = { token, password: person.password, name: 'Attack Pack' };
      asksOnly(look, 'katixo', await t.client().post('/api/v1/auth/invite/accept', body));
    },
  },
  {
    id: 'second-factor-reset',
    area,
    title: 'A password reset, and the sign-in after it',
    recalls: 'Keycloak #12759; better-auth#9205',
    expected: 'the reset opens no session, and the sign-in requires the code',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await resetToken(t, person);
      const password = newPassword();
      const reset = await t.client().post('/auth/reset-password', { token, newPassword: password });
      look.holds('the reset signs in', !/"(access|refresh)_?token"/i.test(reset.text), 'no token');
      person.password = demand(reset, 200) && password;
      asksOnly(look, 'the sign-in', await t.client().post('/auth/login', { email: person.email, password }));
    },
  },
  {
    id: 'second-factor-registration',
    area,
    title: 'Registering again with the address and the right password of a person who has a second factor',
    recalls: 'better-auth#9205 (sign-up finish)',
    expected: '409, without tokens',
    run: async (t, look) => {
      const { email, password } = await protect(t, await tenant(t));
      const reply = await t.client().post('/auth/register', registration({ email, password }));
      look.refused('the registration', reply, 409);
    },
  },
  {
    id: 'second-factor-earlier-session',
    area,
    title: 'A session that was opened before the second factor was turned on',
    recalls: 'CVE-2024-45042 / GHSA-wc43-73w7-x2f5 Kratos; CVE-2025-64103 Zitadel',
    expected: '401 at once',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      await protect(t, owner);
      look.refused('its access token', await me(elsewhere.client), 401);
      look.refused('its refresh token', await refresh(t.client(), elsewhere.refreshToken), 401);
    },
  },
  {
    id: 'second-factor-datixlab-session',
    area,
    title: 'An access token of Datix Lab from before the second factor, and its refresh',
    recalls: 'CVE-2024-45042 Kratos; supabase/auth#2624 (an older kind of token)',
    expected: '401 at once',
    run: async (t, look) => {
      t.needContract('datixlab');
      const owner = await tenant(t);
      const { email, password } = owner;
      const client = t.client();
      const { body } = demand(await client.post('/v1/auth/login', { email, password }), 200);
      await protect(t, owner);
      const before = client.as(body.access_token);
      look.refused('me', await before.get('/v1/auth/me'), 401);
      look.refused('the refresh', await before.post('/v1/auth/refresh'), 401);
    },
  },
  {
    id: 'second-factor-temp-token-as-bearer',
    area,
    title: 'The temp token as the bearer, at every operation of the target',
    recalls: 'GHSA-xg6x-h9c9-2m83 Better Auth; CVE-2025-64103 Zitadel',
    expected: '401 wherever a session is required',
    budget: 220,
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const client = t.client(await tempToken(t, person));
      const operations = t.world.operations({ signedIn: true });
      for (const { name, method, path } of operations)
        look.refused(name, await client.send(method, path), 401);
    },
  },
  {
    id: 'second-factor-temp-token-elsewhere',
    area,
    title: 'The temp token as a refresh token, a link, an invitation or a ticket',
    recalls: 'GHSA-965c-763c-88jm Better Auth; RFC 8725 §3.12',
    expected: 'unknown everywhere except at the second step',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const client = t.client();
      const password = newPassword();
      const names = { firstName: 'Attack', lastName: 'Pack' };
      look.refused('refresh', await refresh(client, token), 401);
      look.refused('reset', await client.post('/auth/reset-password', { token, newPassword: password }), 400);
      look.refused(
        'invitation',
        await client.post('/auth/invite/accept', { token, password, ...names }),
        404,
      );
      const ticket = { signupToken: token, password, companyName: 'Attack pack', ...names };
      look.refused('sign-up', await client.post('/auth/signup', ticket), 400);
      look.refused('restoration', await client.post('/auth/restore-account', { token }), 400);
    },
  },
];
