import { codeOf } from '../../http/reply.js';
import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail, uniqueKey, uniqueName } from '../../world/names.js';
import { adoptKatixo, invite, leaves, member, tenant } from '../../world/people.js';

const area = 'enumeration';
const keysOf = ({ body }) => Object.keys(body).sort().join();

export const MEMBERS = [
  {
    id: 'enumeration-invite',
    area,
    title: 'An invitation to an address that has an account elsewhere, and to one without an account',
    recalls: 'CVE-2026-2366 Keycloak (#47062); Kratos #133',
    expected: 'the same status and the same fields in the response',
    run: async (t, look) => {
      const [owner, elsewhere] = [await tenant(t), await tenant(t)];
      const ask = (email) => owner.client.post('/auth/invite', { email, role: 'user' });
      const [known, unknown] = [await ask(elsewhere.email), await ask(uniqueEmail())];
      look.equal('the status', known.status, unknown.status);
      look.equal('the members', keysOf(known), keysOf(unknown));
    },
  },
  {
    id: 'enumeration-invite-list',
    area,
    title: 'The same in a list of invitations',
    recalls: 'CVE-2026-14209 Keycloak (#50569: a parallel endpoint lacks the filter)',
    expected: 'the same result for both lines',
    run: async (t, look) => {
      const [owner, elsewhere] = [await tenant(t), await tenant(t)];
      const invitations = [elsewhere.email, uniqueEmail()].map((email) => ({ email, role: 'user' }));
      const { body } = demand(await owner.client.post('/auth/invite/bulk', { invitations }), 200);
      const [known, unknown] = body.results;
      look.equal('the status', known.status, unknown.status);
      look.equal('the members', Object.keys(known).join(), Object.keys(unknown).join());
    },
  },
  {
    id: 'enumeration-members',
    area,
    title: 'An invitation to a member and to a stranger, by a member who may invite and not see members',
    recalls: 'CVE-2026-2366 Keycloak (#47062)',
    expected: 'the same answer',
    run: async (t, look) => {
      const owner = await tenant(t);
      const key = uniqueKey().slice(0, 40);
      const role = {
        key,
        name: uniqueName('role'),
        level: 20,
        permissions: { invitations: { create: true } },
      };
      demand(await owner.client.post('/tenants/current/roles', role), 201);
      const lowest = { key: `${key}-low`, name: uniqueName('role'), level: 1, permissions: {} };
      demand(await owner.client.post('/tenants/current/roles', lowest), 201);
      const inviter = await member(t, owner, key);
      const colleague = await member(t, owner, lowest.key);
      look.refused('the list of members', await inviter.client.get('/tenants/current/members'), 403);
      const ask = (email) => inviter.client.post('/auth/invite', { email, role: lowest.key });
      const [known, unknown] = [await ask(colleague.email), await ask(uniqueEmail())];
      look.equal('the status', known.status, unknown.status);
    },
  },
  {
    id: 'enumeration-email-change',
    area,
    title: 'A change of the own address to one that has an account, and to one that has none',
    recalls: 'past-bugs S9; Kratos #4521',
    expected: 'the same response; only the address differs',
    run: async (t, look) => {
      const [person, elsewhere] = [await tenant(t), await tenant(t)];
      const change = async (email) => {
        const reply = await person.client.patch('/auth/me', { email, currentPassword: person.password });
        return {
          ...reply,
          body: { ...reply.body, pendingEmail: '' },
          text: reply.text.replaceAll(email, ''),
        };
      };
      const [known, unknown] = [await change(elsewhere.email), await change(uniqueEmail())];
      look.answered('a free address', unknown, 200);
      look.same('taken and free', known, unknown);
    },
  },
  {
    id: 'enumeration-acceptance',
    area,
    budget: 60,
    title: 'Thirty addresses tried beside one invitation by SMS, to see which have an account',
    recalls: 'better-auth#10603; Kratos #133',
    expected: 'at most a handful of responses reveal it',
    run: async (t, look) => {
      t.needContract('katixo');
      const [inviter, elsewhere] = [await tenant(t), await tenant(t)];
      const phone = newPhone();
      const { mailbox } = t;
      demand(await inviter.client.post('/auth/invite', { phone, role: 'user' }), 201);
      const token = await mailbox.token(phone, 'invitation');
      const client = t.client();
      let revealed = 0;
      for (let index = 0; index < 30; index += 1) {
        const body = { token, password: newPassword(), name: 'Attack Pack', email: elsewhere.email };
        const reply = await client.post('/api/v1/auth/invite/accept', body);
        if (codeOf(reply) === 'email_taken') revealed += 1;
        if (reply.status !== 201) continue;
        leaves(t, inviter, adoptKatixo(t, client, reply, { phone, password: body.password }).user.id);
        break;
      }
      look.holds(`${revealed} responses reveal it`, revealed <= 5, `${revealed} responses reveal it`);
    },
  },
  {
    id: 'enumeration-trail',
    area,
    title: 'The id of a stranger’s account in the audit trail of the tenant that invited the address',
    recalls: 'CVE-2025-67717 Zitadel (data about others); CVE-2026-2366 Keycloak',
    expected: 'it is not in the trail before the stranger has joined',
    run: async (t, look) => {
      const [owner, stranger] = [await tenant(t), await tenant(t)];
      const { token } = await invite(t, owner, { email: stranger.email });
      await t.client().post('/auth/invite/accept', { token, password: newPassword() });
      const body = { email: stranger.email, password: newPassword(), tenantSlug: owner.tenant.slug };
      await t.client().post('/auth/login', body);
      const { text } = demand(await owner.client.get('/tenants/current/audit-events?limit=100'), 200);
      look.holds('the trail names the account', !text.includes(stranger.user.id), 'not named');
      const { text: exported } = demand(await owner.client.get('/tenants/current/audit-events/export'), 200);
      look.holds('the export names the account', !exported.includes(stranger.user.id), 'not named');
    },
  },
];
