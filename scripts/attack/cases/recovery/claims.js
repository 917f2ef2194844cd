import { demand } from '../../world/demand.js';
import { tokenOf } from '../../world/mailbox.js';
import { newPassword, newPhone, uniqueEmail, uniqueName } from '../../world/names.js';
import {
  adopt,
  adoptKatixo,
  invite,
  leaves,
  registration,
  resetToken,
  signIn,
  tenant,
} from '../../world/people.js';
import { phoneAccount } from '../../world/phones.js';
import { protect } from '../../world/second-factor.js';
import { expectDead, me } from '../shared.js';

const area = 'recovery';
const UNVERIFIED = 'identifier_unverified';

/** An account that a squatter registered with another person's address. */
const claimant = (t) => tenant(t, { verified: false, email: uniqueEmail('victim') });

/** The victim recovers the account by the link that was sent to the address. */
async function recover(t, account) {
  const password = newPassword();
  const body = { token: await resetToken(t, account), newPassword: password };
  demand(await t.client().post('/auth/reset-password', body), 200);
  account.password = password;
}

/** The victim accepts an invitation that was sent to the address, with this password. */
async function acceptAs(t, { email }, password) {
  const host = await tenant(t);
  const { token } = await invite(t, host, { email });
  const client = t.client();
  const body = { token, password, firstName: 'Attack', lastName: 'Victim' };
  const reply = await client.post('/auth/invite/accept', body);
  if (reply.status === 201) leaves(t, host, reply.body.user.id);
  return { client, reply };
}

const organisationsOf = async (client) => demand(await client.get('/users/me/organisations'), 200).body;

export const CLAIMS = [
  {
    id: 'recovery-claim-reset',
    area,
    title: 'An account registered with a stranger’s address, after the stranger recovered it',
    recalls: 'CVE-2026-53516 / GHSA-g38m-r43w-p2q7 Better Auth; Kratos PR #3574',
    expected: 'password, sessions, API key, open links and a pending address of the first person are revoked',
    run: async (t, look) => {
      const squatter = await claimant(t);
      const elsewhere = await signIn(t, squatter);
      const { key } = demand(await squatter.client.post('/auth/api-keys', { name: 'Attack pack' }), 201).body;
      const verification = await t.mailbox.token(squatter.email, 'verify-email');
      const thief = uniqueEmail('thief');
      const change = { email: thief, currentPassword: squatter.password };
      const changed = await squatter.client.patch('/auth/me', change);
      const old = squatter.password;
      await recover(t, squatter);
      await expectDead(t, look, 'the session', squatter);
      await expectDead(t, look, 'another session', elsewhere);
      look.refused('the API key', await me(t.client(key)), 401);
      look.refused(
        'the password',
        await t.client().post('/auth/login', { email: squatter.email, password: old }),
        401,
      );
      const victim = await signIn(t, squatter);
      look.equal('verified', (await me(victim.client)).body.emailVerified, true);
      look.refused(
        'the old verification link',
        await victim.client.post('/auth/verify-email', { token: verification }),
      );
      if (changed.status !== 200) return;
      look.equal('a pending address', (await me(victim.client)).body.pendingEmail, null);
    },
  },
  {
    id: 'recovery-claim-second-factor',
    area,
    title:
      'A second factor set up by the person who registered a stranger’s address, after the stranger recovered it',
    recalls: 'GHSA-qq9h-g4jm-xgf3 (#10239) Better Auth',
    expected: 'it is removed: the stranger is not locked out by it',
    run: async (t, look) => {
      const squatter = await protect(t, await claimant(t));
      await recover(t, squatter);
      const reply = await t
        .client()
        .post('/auth/login', { email: squatter.email, password: squatter.password });
      look.holds(
        `the sign-in: ${reply.text.slice(0, 60)}`,
        reply.body.accessToken !== undefined,
        'signed in',
      );
      squatter.accessToken = reply.body.accessToken;
      squatter.backupCodes = [];
    },
  },
  {
    id: 'recovery-claim-link-of-before',
    area,
    title:
      'A reset link that the person who registered a stranger’s address has requested, after the recovery',
    recalls: 'supabase/auth 5ce63bb, cf74a14',
    expected: '400',
    run: async (t, look) => {
      const squatter = await claimant(t);
      const before = await resetToken(t, squatter);
      await recover(t, squatter);
      const body = { token: before, newPassword: newPassword() };
      look.refused('the link', await t.client().post('/auth/reset-password', body), 400);
    },
  },
  {
    id: 'recovery-claim-invitation',
    area,
    title: 'An account registered with a stranger’s address, after the stranger accepted an invitation to it',
    recalls: 'CVE-2026-53514 / GHSA-fmh4-wcc4-5jm3 Better Auth; CVE-2026-53516 Better Auth',
    expected: 'password, sessions and API key of the first person are revoked',
    run: async (t, look) => {
      const squatter = await claimant(t);
      const { key } = demand(await squatter.client.post('/auth/api-keys', { name: 'Attack pack' }), 201).body;
      const password = newPassword();
      const { client, reply } = await acceptAs(t, squatter, password);
      adopt(t, client, demand(reply, 201), { email: squatter.email, password });
      await expectDead(t, look, 'the session', squatter);
      look.refused('the API key', await me(t.client(key)), 401);
      const { email } = squatter;
      look.refused(
        'the password',
        await t.client().post('/auth/login', { email, password: squatter.password }),
        401,
      );
    },
  },
  {
    id: 'recovery-claim-keeps-the-company',
    area,
    title:
      'An owner who has not verified the address yet, after accepting an invitation with another password',
    recalls: 'CVE-2026-3121 Keycloak; past-bugs S7: pre-account takeover',
    expected: 'the same account, still at the top level of its company: nothing is closed or transferred',
    run: async (t, look) => {
      const owner = await claimant(t);
      const password = newPassword();
      const { client, reply } = await acceptAs(t, owner, password);
      const joined = adopt(t, client, demand(reply, 201), { email: owner.email, password });
      owner.password = password;
      look.equal('the account is the same', joined.user.id === owner.user.id, true);
      const own = (await organisationsOf(joined.client)).find(({ id }) => id === owner.tenant.id);
      look.equal('the role in the company', own?.role, owner.user.role);
    },
  },
  {
    id: 'recovery-claim-own-password',
    area,
    title:
      'An owner who has not verified the address yet, after accepting an invitation with their own password',
    recalls: 'past-bugs S7: pre-account takeover, turned against the owner',
    expected: 'nothing is emptied: session, company and role stay',
    run: async (t, look) => {
      const owner = await claimant(t);
      const { reply } = await acceptAs(t, owner, owner.password);
      demand(reply, 201);
      look.answered('the session', await me(owner.client), 200);
      const own = (await organisationsOf(owner.client)).find(({ id }) => id === owner.tenant.id);
      look.equal('the role in the company', own?.role, owner.user.role);
    },
  },
  {
    id: 'recovery-unverified-reaches-nobody',
    area,
    title: 'Inviting, or creating roles, by an account without a verified identifier',
    recalls: 'CVE-2026-53514 / GHSA-fmh4-wcc4-5jm3 Better Auth',
    expected: `403 ${UNVERIFIED}`,
    run: async (t, look) => {
      const { client } = await claimant(t);
      const line = { email: uniqueEmail('invited'), role: 'user' };
      const role = { key: 'attack', name: uniqueName('role'), level: 5, permissions: {} };
      look.refused('inviting', await client.post('/auth/invite', line), UNVERIFIED);
      look.refused('a list', await client.post('/auth/invite/bulk', { invitations: [line] }), UNVERIFIED);
      look.refused('a role', await client.post('/tenants/current/roles', role), UNVERIFIED);
      if (!t.target.contracts.has('katixo')) return;
      const body = { phone: newPhone(), role: 'USER', name: 'Attack Pack' };
      look.refused('inviting at katixo', await client.post('/api/v1/auth/invite', body), UNVERIFIED);
    },
  },
  {
    id: 'recovery-claimed-number',
    area,
    title: 'A business registered by number at Katixo, after the number was verified without its session',
    recalls: 'CVE-2026-53516 Better Auth; compass-calendar#1547 (SuperTokens)',
    expected:
      'the first session and password are refused, and the person who verified the number has the same account',
    run: async (t, look) => {
      t.needContract('katixo');
      const { mailbox } = t;
      const phone = newPhone();
      const body = {
        phone,
        name: 'Attack Pack',
        password: newPassword(),
        businessName: uniqueName(),
        businessType: 'RETAILER',
      };
      const client = t.client();
      const squatter = adoptKatixo(
        t,
        client,
        demand(await client.post('/api/v1/auth/register', body), 201),
        body,
      );
      const otp = await mailbox.code(phone);
      const reply = demand(await t.client().post('/api/v1/auth/otp/verify', { phone, otp }), 200);
      const { user, accessToken } = reply.body.data;
      look.equal('the account is the same', user?.id === squatter.user.id, true);
      await expectDead(t, look, 'the first session', squatter);
      look.refused(
        'the password',
        await t.client().post('/auth/login', { phone, password: body.password }),
        401,
      );
      if (accessToken) squatter.accessToken = accessToken;
    },
  },
  {
    id: 'recovery-claimed-address-won-back',
    area,
    title:
      'A stranger’s address claimed beside the own verified number, to keep the stranger from registering',
    recalls: 'CVE-2021-3754 Keycloak (a name equal to another person’s address); CVE-2026-53516 Better Auth',
    expected:
      'the stranger gets a link, whose use removes the address from the account and lets them register',
    run: async (t, look) => {
      const email = uniqueEmail('victim');
      const claiming = await phoneAccount(t, { email });
      demand(await t.client().post('/auth/forgot-password', { email }), 200);
      const [message] = await t.mailbox.messages(email, 'password-reset');
      if (!look.holds('no link was received', message !== undefined, 'a link')) return;
      const token = tokenOf(message);
      const password = newPassword();
      look.answered(
        'the link',
        await t.client().post('/auth/reset-password', { token, newPassword: password }),
        200,
      );
      look.refused(
        'a sign-in to the other account',
        await t.client().post('/auth/login', { email, password }),
        401,
      );
      const body = registration({ email });
      const client = t.client();
      const registered = await client.post('/auth/register', body);
      if (look.answered('the registration', registered, 201)) adopt(t, client, registered, body);
      const again = await signIn(t, { phone: claiming.phone, password: claiming.password });
      look.equal('the address of the other account', (await me(again.client)).body.email, null);
    },
  },
];
