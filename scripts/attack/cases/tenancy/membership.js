import { demand } from '../../world/demand.js';
import { freshMessage } from '../../world/fresh-message.js';
import { tokenOf } from '../../world/mailbox.js';
import { uniqueName } from '../../world/names.js';
import { invite, member, signIn, tenant } from '../../world/people.js';
import { expectDead, me } from '../shared.js';

const area = 'tenancy';

export const MEMBERSHIP = [
  {
    id: 'tenancy-login-elsewhere',
    area,
    title: 'Signing in to an organisation without being a member',
    recalls: 'CVE-2026-33132, #8588 Zitadel',
    expected: '401',
    run: async (t, look, { mine, theirs }) => {
      const { email, password } = mine.owner;
      const body = { email, password, tenantSlug: theirs.owner.tenant.slug };
      look.refused('the sign-in', await t.client().post('/auth/login', body), 401);
    },
  },
  {
    id: 'tenancy-switch-after-removal',
    area,
    title: 'Switching back into an organisation that removed the person a moment ago',
    recalls: 'Casdoor CVE-2026-9094; better-auth#9710',
    expected: '404',
    run: async (t, look) => {
      const owner = await tenant(t);
      const gone = await member(t, owner);
      const { id } = demand(
        await gone.client.post('/users/me/organisations', { name: uniqueName() }),
        201,
      ).body;
      const body = demand(await gone.client.post('/users/me/switch-org', { orgId: id }), 200).body;
      gone.accessToken = body.accessToken;
      demand(await owner.client.delete(`/tenants/current/members/${gone.user.id}`), 204);
      const reply = await t.client(body.accessToken).post('/users/me/switch-org', { orgId: owner.tenant.id });
      look.refused('the switch', reply, 404);
      look.answered('the own organisation', await me(t.client(body.accessToken)), 200);
    },
  },
  {
    id: 'tenancy-member-again',
    area,
    title: 'Token and API key of a first membership, after the person was removed and joined again',
    recalls: 'CVE-2026-55670 Zitadel (a recycled id)',
    expected: '401',
    run: async (t, look) => {
      const owner = await tenant(t);
      const first = await member(t, owner, 'manager');
      const { key } = demand(await first.client.post('/auth/api-keys', { name: 'Attack pack' }), 201).body;
      demand(await owner.client.delete(`/tenants/current/members/${first.user.id}`), 204);
      const { token } = await inviteAgain(t, owner, first.email);
      const body = { token, password: first.password };
      const again = demand(await t.client().post('/auth/invite/accept', body), 201).body;
      look.equal('the person is the same', again.user.id === first.user.id, true);
      await expectDead(t, look, 'the old session', first);
      look.refused('the old API key', await me(t.client(key)), 401);
      first.accessToken = again.accessToken;
    },
  },
  {
    id: 'tenancy-session-of-another',
    area,
    title: 'An administrator who signs a colleague out of other organisations, too',
    recalls: 'CVE-2025-27507 Zitadel; past-bugs S2',
    expected: 'sessions elsewhere stay valid',
    run: async (t, look) => {
      const [owner, elsewhere] = [await tenant(t), await tenant(t)];
      const { token } = await invite(t, owner, { email: elsewhere.email });
      demand(await elsewhere.client.post('/auth/invite/accept', { token }), 201);
      const there = await signIn(t, elsewhere);
      demand(await owner.client.delete(`/tenants/current/members/${elsewhere.user.id}/sessions`), 204);
      look.answered('the session elsewhere', await me(there.client), 200);
      demand(await owner.client.delete(`/tenants/current/members/${elsewhere.user.id}`), 204);
      look.answered('after the removal', await me(there.client), 200);
    },
  },
];

/** The target sends one invitation a minute to a recipient, so the second one may have to wait. */
async function inviteAgain(t, owner, email) {
  const ask = async () => owner.client.post('/auth/invite', { email, role: 'user' });
  return { token: tokenOf(await freshMessage(t, email, 'invitation', ask)) };
}
