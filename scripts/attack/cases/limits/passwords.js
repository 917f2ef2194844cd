import { demand } from '../../world/demand.js';
import { newPassword, uniqueEmail } from '../../world/names.js';
import { resetToken, tenant } from '../../world/people.js';
import { burst, countStatus, me } from '../shared.js';

const area = 'limits';
const LOGIN = '/auth/login';
const guess = (client, email, path = LOGIN) => client.post(path, { email, password: newPassword() });

async function guessTimes(client, email, times) {
  for (let index = 0; index < times; index += 1) await guess(client, email);
}

export const PASSWORDS = [
  {
    id: 'limits-sixth-password',
    area,
    title: 'The right password after five wrong ones, from another address',
    recalls: 'OWASP ASVS V6.3.1; Keycloak #13261',
    expected: '429',
    run: async (t, look) => {
      const { email, password } = await tenant(t, { verified: false });
      await guessTimes(t.guesser(), email, 5);
      look.refused('the right password', await t.client().post(LOGIN, { email, password }), 429);
    },
  },
  {
    id: 'limits-counted-once',
    area,
    title:
      'The right password after four wrong ones: whether one failure counts twice, to lock out the owner sooner',
    recalls: 'zitadel#12615; Logto 9de40208e2 (a count that was returned as text)',
    expected: '200: exactly five are counted',
    run: async (t, look) => {
      const { email, password } = await tenant(t, { verified: false });
      await guessTimes(t.guesser(), email, 4);
      look.answered('the right password', await t.client().post(LOGIN, { email, password }), 200);
    },
  },
  {
    id: 'limits-one-counter',
    area,
    title: 'Wrong passwords over the contracts, then the right one in each',
    recalls:
      'CVE-2026-9798, CVE-2026-16103 Keycloak (the lock-out evaded by another sign-in method); CVE-2025-64102 Zitadel',
    expected: '429 at each',
    run: async (t, look) => {
      const { email, password } = await tenant(t, { verified: false });
      const paths = { primary: LOGIN, katixo: '/api/v1/auth/login', datixlab: '/v1/auth/login' };
      const open = [...t.target.contracts].map((contract) => paths[contract]);
      const client = t.guesser();
      for (let index = 0; index < 5; index += 1) await guess(client, email, open[index % open.length]);
      for (const path of open) look.refused(path, await t.client().post(path, { email, password }), 429);
    },
  },
  {
    id: 'limits-parallel-passwords',
    area,
    title: 'Thirty parallel wrong passwords, from several addresses',
    recalls: 'GHSA-44jh-23m7-hpcf Better Auth (increments lost); ory/kratos 8d4b3c3ae',
    expected: 'at most five are compared',
    run: async (t, look) => {
      const { email, password } = await tenant(t, { verified: false });
      const clients = [t.guesser(), t.guesser(), t.guesser()];
      const replies = await burst(30, (index) => guess(clients[index % 3], email));
      const compared = countStatus(replies, 401);
      look.holds(`${compared} were compared`, compared <= 5, 'five at most were compared');
      look.refused('the right password', await t.client().post(LOGIN, { email, password }), 429);
    },
  },
  {
    id: 'limits-writings-of-an-address',
    area,
    title: 'Wrong passwords for one address in different notations: whether each has a count of its own',
    recalls: 'Logto b4b8015db; better-auth#10203',
    expected: '429 for the right password',
    run: async (t, look) => {
      const { email, password } = await tenant(t, { verified: false, email: uniqueEmail('kilo') });
      const client = t.guesser();
      const writings = [
        email.toUpperCase(),
        ` ${email}`,
        email.replace('kilo', 'ｋｉｌｏ'),
        email.replace('k', '\u212a'),
        email.replace('@example', '@EXAMPLE'),
      ];
      for (const writing of writings) await guess(client, writing);
      look.refused('the right password', await t.client().post(LOGIN, { email, password }), 429);
    },
  },
  {
    id: 'limits-no-lock-out',
    area,
    title:
      'What an owner can still do while others guess at the password: the open session, and recovery by mail',
    recalls: 'GHSA-cq42-vhv7-xr7p Keycloak (the lock-out as denial of service)',
    expected: 'both work, and the sign-in after the recovery, too',
    run: async (t, look) => {
      const owner = await tenant(t);
      await guessTimes(t.guesser(), owner.email, 8);
      look.answered('the session', await me(owner.client), 200);
      const token = await resetToken(t, owner);
      const password = newPassword();
      demand(await t.client().post('/auth/reset-password', { token, newPassword: password }), 200);
      owner.password = password;
      look.answered('the sign-in', await t.client().post(LOGIN, { email: owner.email, password }), 200);
    },
  },
  {
    id: 'limits-current-password',
    area,
    title: 'Guessing the current password in a stolen session, by a password change in both contracts',
    recalls: 'better-auth#10240 (a route without the limit); OWASP ASVS V6.2.3',
    expected: 'at most five are compared, and the sign-in is delayed, too',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      const client = t.guesser(owner.accessToken);
      const change = () =>
        client.post('/auth/change-password', { currentPassword: newPassword(), newPassword: newPassword() });
      const other = () =>
        client.post('/v1/auth/change-password', {
          current_password: newPassword(),
          new_password: newPassword(),
        });
      const isServed = t.target.contracts.has('datixlab');
      const replies = [];
      for (let index = 0; index < 8; index += 1)
        replies.push(await (isServed && index % 2 ? other() : change()));
      const compared = countStatus(replies, 401);
      look.holds(`${compared} were compared`, compared <= 5, 'five at most were compared');
      look.refused('the last', replies.at(-1), 429);
      const { email, password } = owner;
      look.refused('a sign-in', await t.client().post(LOGIN, { email, password }), 429);
    },
  },
  {
    id: 'limits-current-password-elsewhere',
    area,
    title: 'Guessing the current password in other operations that require it: deletion, archive, address',
    recalls: 'better-auth#10240; CVE-2026-16103 Keycloak (the incomplete fix)',
    expected: 'at most five are compared, in total',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      const client = t.guesser(owner.accessToken);
      const ways = [
        () => client.delete('/users/me', { password: newPassword() }),
        () => client.post('/users/me/export', { currentPassword: newPassword() }),
        () => client.patch('/auth/me', { email: uniqueEmail(), currentPassword: newPassword() }),
      ];
      const replies = [];
      for (let index = 0; index < 9; index += 1) replies.push(await ways[index % 3]());
      const compared = countStatus(replies, 401);
      look.holds(`${compared} were compared`, compared <= 5, 'five at most were compared');
      look.refused('the last', replies.at(-1), 429);
    },
  },
];
