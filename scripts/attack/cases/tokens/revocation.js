import { demand } from '../../world/demand.js';
import { newPassword, uniqueName } from '../../world/names.js';
import { member, organisation, signIn, spareSession, tenant } from '../../world/people.js';
import { deleteAccount } from '../../world/removal.js';
import { protect, renew } from '../../world/second-factor.js';
import { expectDead, me, refresh } from '../shared.js';

const area = 'tokens';

export const REVOCATION = [
  {
    id: 'tokens-logout',
    area,
    title: 'Both tokens of a session that signed out',
    recalls: 'supabase/auth#2624; zitadel#12637',
    expected: '401 at once',
    run: async (t, look) => {
      const session = await spareSession(t);
      demand(await session.client.post('/auth/logout', {}), 200);
      await expectDead(t, look, 'the session', session);
    },
  },
  {
    id: 'tokens-logout-outrun',
    area,
    title: 'A refresh at the same time as the sign-out, in five sessions',
    recalls: 'OWASP ASVS V7.4.1',
    expected: 'every token that it returned is refused',
    run: async (t, look) => {
      const sessions = [await spareSession(t)];
      while (sessions.length < 5) sessions.push(await signIn(t, sessions[0]));
      await Promise.all(
        sessions.map(async (session) => {
          const [, { status, body }] = await Promise.all([
            session.client.post('/auth/logout', {}),
            refresh(t.client(), session.refreshToken),
          ]);
          await expectDead(t, look, 'the session', session);
          if (status === 200) await expectDead(t, look, 'a successor', body);
        }),
      );
    },
  },
  {
    id: 'tokens-logout-everywhere',
    area,
    title: 'The tokens of another device after "sign out everywhere"',
    recalls: 'GHSA-895x / GHSA-64w3 Keycloak (sessions survive)',
    expected: '401 at once',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      demand(await owner.client.post('/auth/logout', { all: true }), 200);
      await expectDead(t, look, 'the other device', elsewhere);
      await expectDead(t, look, 'this device', owner);
    },
  },
  {
    id: 'tokens-katixo-logout',
    area,
    title: 'The tokens of every contract after Katixo’s sign-out, which ends them all',
    recalls: 'past-bugs lesson 1: the incomplete fix, one route of several',
    expected: '401 at once',
    run: async (t, look) => {
      t.needContract('katixo');
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      demand(await owner.client.post('/api/v1/auth/logout'), 200);
      await expectDead(t, look, 'this session', owner);
      await expectDead(t, look, 'another session', elsewhere);
    },
  },
  {
    id: 'tokens-session-ended',
    area,
    title: 'The tokens of a session that was ended in the list of sessions',
    recalls: 'OWASP ASVS V7.5.2; better-auth#9991',
    expected: '401 at once',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      const { data } = demand(await owner.client.get('/auth/sessions'), 200).body;
      const other = data.find(({ current }) => !current);
      demand(await owner.client.delete(`/auth/sessions/${other.id}`), 204);
      await expectDead(t, look, 'the ended session', elsewhere);
    },
  },
  {
    id: 'tokens-password-change-others',
    area,
    title: 'The tokens of another device after the password was changed',
    recalls: 'supabase/auth#1489; GHSA-895x Keycloak',
    expected: '401 at once',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      const password = newPassword();
      const body = { currentPassword: owner.password, newPassword: password };
      renew(owner, demand(await owner.client.post('/auth/change-password', body), 200));
      owner.password = password;
      await expectDead(t, look, 'the other device', elsewhere);
    },
  },
  {
    id: 'tokens-password-change-own',
    area,
    title: 'The session’s own old pair after a password change, once its new pair was used',
    recalls: 'CVE-2024-28197 Zitadel (fixation around a change of rights); OWASP ASVS V7.2.4',
    expected: 'the response has a new pair; the old one gets 401 after the first use of the new one',
    run: async (t, look) => {
      const old = await tenant(t);
      const password = newPassword();
      const body = { currentPassword: old.password, newPassword: password };
      const reply = demand(await old.client.post('/auth/change-password', body), 200);
      const { accessToken, refreshToken } = old;
      renew(old, reply);
      old.password = password;
      if (
        !look.holds(
          'the response has no new pair',
          Boolean(reply.body.accessToken && reply.body.refreshToken),
        )
      )
        return;
      look.answered('the new access token', await me(old.client), 200);
      await expectDead(t, look, 'the old pair', { accessToken, refreshToken });
    },
  },
  {
    id: 'tokens-second-factor-own',
    area,
    title: 'The session’s own old pair after a second factor was turned on, once its new pair was used',
    recalls: 'CVE-2025-12390 Keycloak (#44168); CVE-2024-28197 Zitadel',
    expected: 'the response has a new pair; the old one gets 401 after the first use of the new one',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { accessToken, refreshToken } = owner;
      await protect(t, owner);
      if (!look.holds('the response has no new pair', owner.accessToken !== accessToken)) return;
      look.answered('the new access token', await me(owner.client), 200);
      await expectDead(t, look, 'the old pair', { accessToken, refreshToken });
    },
  },
  {
    id: 'tokens-removed-member',
    area,
    title: 'The tokens of a member who was removed a moment ago',
    recalls: 'better-auth#9710',
    expected: '401 at once, and a refresh does not return the organisation',
    run: async (t, look) => {
      const owner = await organisation(t);
      const gone = await member(t, owner);
      demand(await owner.client.delete(`/tenants/current/members/${gone.user.id}`), 204);
      await expectDead(t, look, 'the removed member', gone);
    },
  },
  {
    id: 'tokens-suspended-member',
    area,
    title: 'The tokens of a member who was suspended a moment ago, and a new sign-in there',
    recalls: 'CVE-2024-47000 Zitadel (deactivated accounts still got tokens)',
    expected: '401 at once; the sign-in too',
    run: async (t, look) => {
      const owner = await organisation(t);
      const suspended = await member(t, owner);
      const path = `/tenants/current/members/${suspended.user.id}`;
      demand(await owner.client.post(`${path}/suspend`), 200);
      await expectDead(t, look, 'the suspended member', suspended);
      const { email, password } = suspended;
      const body = { email, password, tenantSlug: owner.tenant.slug };
      look.refused('a sign-in there', await t.client().post('/auth/login', body), 401);
      demand(await owner.client.post(`${path}/restore`), 200);
      await expectDead(t, look, 'the old session after the restoration', suspended);
    },
  },
  {
    id: 'tokens-demoted-member',
    area,
    title: 'The token of an administrator who was demoted a moment ago',
    recalls: 'better-auth#9710; OWASP ASVS V8.3.2',
    expected: '403 at the next request with the same token',
    run: async (t, look) => {
      const owner = await organisation(t);
      const demoted = await member(t, owner, 'admin');
      look.answered('before', await demoted.client.get('/tenants/current/roles'), 200);
      demand(await owner.client.patch(`/tenants/current/members/${demoted.user.id}`, { role: 'user' }), 200);
      look.refused('reading roles', await demoted.client.get('/tenants/current/roles'), 403);
      look.refused('an API key', await demoted.client.post('/auth/api-keys', { name: 'x' }), 403);
      look.equal('the role in me', (await me(demoted.client)).body.role, 'user');
    },
  },
  {
    id: 'tokens-deleted-account',
    area,
    title: 'Tokens and password of an account that was deleted',
    recalls: 'GHSA-2vg6-77g8-24mp Better Auth',
    expected: '401 at once',
    run: async (t, look) => {
      const owner = await tenant(t);
      const elsewhere = await signIn(t, owner);
      const { email, password } = owner;
      await deleteAccount(t, owner);
      await expectDead(t, look, 'this session', owner);
      await expectDead(t, look, 'another session', elsewhere);
      look.refused('the password', await t.client().post('/auth/login', { email, password }), 401);
    },
  },
  {
    id: 'tokens-switched-organisation',
    area,
    title: 'The old access token after the session moved to another organisation',
    recalls: 'CVE-2026-33132 Zitadel; better-auth#9965',
    expected: '401 at once; a late use of the old refresh token ends the session',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { accessToken, refreshToken } = owner;
      const { id } = demand(
        await owner.client.post('/users/me/organisations', { name: uniqueName() }),
        201,
      ).body;
      renew(owner, demand(await owner.client.post('/users/me/switch-org', { orgId: id }), 200));
      look.refused('the old access token', await me(t.client(accessToken)), 401);
      look.answered('the new one', await me(owner.client), 200);
      look.refused('the old refresh token', await refresh(t.client(), refreshToken), 401);
    },
  },
];
