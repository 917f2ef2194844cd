import { demand } from '../../world/demand.js';
import { tokenOf } from '../../world/mailbox.js';
import { newPassword, uniqueEmail } from '../../world/names.js';
import { registration, resetToken, tenant } from '../../world/people.js';
import { burst, countStatus, me } from '../shared.js';

const area = 'recovery';
const verify = (client, token) => client.post('/auth/verify-email', { token });

/** A change of the address that waits for its link. */
async function requestChange(t, account, email) {
  const body = { email, currentPassword: account.password };
  demand(await account.client.patch('/auth/me', body), 200);
  return t.mailbox.token(email, 'verify-email');
}

export const VERIFICATION = [
  {
    id: 'recovery-verification-foreign-session',
    area,
    title: 'The verification link of one account in the session of another',
    recalls: 'CVE-2026-9087, -82968 Keycloak (a link not bound); CVE-2026-55377 Logto',
    expected: '400, and neither account gains anything',
    run: async (t, look) => {
      const [victim, attacker] = [await tenant(t, { verified: false }), await tenant(t, { verified: false })];
      const token = await t.mailbox.token(victim.email, 'verify-email');
      look.refused('the link', await verify(attacker.client, token), 400);
      // Also where the other account waits for a link to the same address: that is another link
      const change = { email: victim.email, currentPassword: attacker.password };
      demand(await attacker.client.patch('/auth/me', change), 200);
      look.refused('the link, with a pending one', await verify(attacker.client, token), 400);
      look.equal('the other’s address', (await me(attacker.client)).body.email, attacker.email);
      look.equal('the other is verified', (await me(attacker.client)).body.emailVerified, false);
      look.equal('its own is verified', (await me(victim.client)).body.emailVerified, false);
    },
  },
  {
    id: 'recovery-verification-without-session',
    area,
    title: 'A verification link that its recipient opens without the account’s session',
    recalls: 'CVE-2026-53516 Better Auth; keycloak#53041 (a stranger’s account verified by its victim)',
    expected: '401: it verifies nothing for the person who registered the address',
    run: async (t, look) => {
      const squatter = await tenant(t, { verified: false });
      const token = await t.mailbox.token(squatter.email, 'verify-email');
      look.refused('the link', await verify(t.client(), token), 401);
      look.equal('verified', (await me(squatter.client)).body.emailVerified, false);
    },
  },
  {
    id: 'recovery-verification-once',
    area,
    title: 'One verification link in ten parallel requests',
    recalls: 'CVE-2026-4325 Keycloak (#47715)',
    expected: 'one success',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      const token = await t.mailbox.token(owner.email, 'verify-email');
      const replies = await burst(10, () => verify(owner.client, token));
      look.equal('successes', countStatus(replies, 200), 1);
    },
  },
  {
    id: 'recovery-verified-by-profile',
    area,
    title: 'The own address or number marked verified by the update of the profile or at registration',
    recalls: 'CVE-2026-27946, CVE-2026-54693 Zitadel (and its incomplete fix)',
    expected: '400, and it stays unverified',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      const fields = [
        'emailVerified',
        'email_verified',
        'isVerified',
        'verified',
        'phoneVerified',
        'emailVerifiedAt',
      ];
      for (const field of fields) {
        look.refused(field, await owner.client.patch('/auth/me', { [field]: true }), 400);
        look.refused(
          `${field} at registration`,
          await t.client().post('/auth/register', { ...registration(), [field]: true }),
          400,
        );
      }
      look.equal('verified', (await me(owner.client)).body.emailVerified, false);
    },
  },
  {
    id: 'recovery-change-counts-late',
    area,
    title: 'A new address before its link is opened: whether it is in effect, signs in or recovers',
    recalls: 'CVE-2026-27946 Zitadel; OWASP ASVS V6.6.1',
    expected: 'the old address stays, and the new one has no effect',
    run: async (t, look) => {
      const owner = await tenant(t);
      const email = uniqueEmail('new');
      await requestChange(t, owner, email);
      look.equal('the address in me', (await me(owner.client)).body.email, owner.email);
      look.refused(
        'a sign-in by it',
        await t.client().post('/auth/login', { email, password: owner.password }),
        401,
      );
      await t.client().post('/auth/forgot-password', { email });
      look.equal('reset links to it', (await t.mailbox.messages(email, 'password-reset')).length, 0);
    },
  },
  {
    id: 'recovery-change-replaced',
    area,
    title: 'The link of a change of address after another change replaced it, or was completed',
    recalls: 'supabase/auth 5ce63bb',
    expected: '400',
    run: async (t, look) => {
      const owner = await tenant(t);
      const [first, second] = [uniqueEmail('first'), uniqueEmail('second')];
      const firstToken = await requestChange(t, owner, first);
      const secondToken = await requestChange(t, owner, second);
      look.refused('the first link', await verify(owner.client, firstToken), 400);
      if (look.answered('the second', await verify(owner.client, secondToken), 200)) owner.email = second;
      look.refused('the first, afterwards', await verify(owner.client, firstToken), 400);
    },
  },
  {
    id: 'recovery-change-kills-links',
    area,
    title: 'A reset link that was sent to the old address, after the address was changed',
    recalls: 'supabase/auth cf74a14 (mail tokens survive a change of address)',
    expected: '400',
    run: async (t, look) => {
      const owner = await tenant(t);
      const reset = await resetToken(t, owner);
      const email = uniqueEmail('new');
      const token = await requestChange(t, owner, email);
      demand(await verify(owner.client, token), 200);
      owner.email = email;
      look.refused(
        'the link',
        await t.client().post('/auth/reset-password', { token: reset, newPassword: newPassword() }),
        400,
      );
    },
  },
  {
    id: 'recovery-change-in-stolen-session',
    area,
    title: 'Another address for the account in a stolen session, however recent, without the password',
    recalls: 'ory/kratos be5e98716; OWASP ASVS V7.5.1',
    expected: '403, and nothing is pending',
    run: async (t, look) => {
      const owner = await tenant(t);
      look.refused('the change', await owner.client.patch('/auth/me', { email: uniqueEmail('thief') }), 403);
      look.holds('a change is pending', !(await me(owner.client)).body.pendingEmail, 'nothing is pending');
    },
  },
  {
    id: 'recovery-change-reverted',
    area,
    title: 'A change of address by a thief: whether the message to the old address can undo it',
    recalls: 'ory/kratos be5e98716; past-bugs S7: recovery address changed',
    expected: 'the notice to the old address contains a link',
    run: async (t, look) => {
      const owner = await tenant(t);
      const old = owner.email;
      const email = uniqueEmail('thief');
      demand(await verify(owner.client, await requestChange(t, owner, email)), 200);
      owner.email = email;
      const links = (await t.mailbox.messages(old)).filter(
        ({ template }) => !['verify-email', 'password-reset'].includes(template),
      );
      look.holds(
        'no message to the old address has a link',
        links.some((message) => tokenOf(message) !== ''),
        'a link',
      );
    },
  },
];
