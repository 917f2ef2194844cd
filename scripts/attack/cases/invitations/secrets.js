import { demand } from '../../world/demand.js';
import { forge } from '../../jwt.js';
import { newPassword, randomSecret, uniqueEmail } from '../../world/names.js';
import { adopt, invite, leaves, tenant } from '../../world/people.js';
import { burst, countStatus } from '../shared.js';

const area = 'invitations';
const NAMES = { firstName: 'Attack', lastName: 'Pack' };
const accept = (client, token, more = {}) =>
  client.post('/auth/invite/accept', { token, password: newPassword(), ...NAMES, ...more });

export const SECRETS = [
  {
    id: 'invitations-cut',
    area,
    title:
      'The secret of an invitation truncated, lengthened, in another letter case, a pattern, a list, or made up',
    recalls: 'CVE-2026-27840 Zitadel; CVE-2022-39263 Auth.js',
    expected: '400 or 404, and the invitation stays open',
    run: async (t, look, { owner }) => {
      const { token } = await invite(t, owner);
      const client = t.client();
      const forged = [
        token.slice(0, -1),
        token.slice(0, -4),
        token.slice(1),
        `${token}A`,
        token.toUpperCase(),
        '%',
        '*',
        randomSecret(),
      ];
      for (const text of forged) {
        look.refused('accepting', await accept(client, text), 404);
        look.refused(
          'looking',
          await client.get(`/auth/invite/validate?token=${encodeURIComponent(text)}`),
          404,
        );
      }
      for (const shape of [[token], { token }, null, '', 1])
        look.refused(JSON.stringify(shape).slice(0, 10), await accept(client, shape), 400);
      look.answered('it stays open', await client.get(`/auth/invite/validate?token=${token}`), 200);
    },
  },
  {
    id: 'invitations-claims',
    area,
    title:
      'An invitation token that claims its own recipient: a JWT of the target, its claims changed, unsigned',
    recalls: 'CVE-2026-1529 Keycloak (#46145)',
    expected: '404',
    run: async (t, look, { owner }) => {
      const claims = { org_id: owner.tenant.id, email: uniqueEmail(), role: 'admin' };
      const token = owner.accessToken;
      const client = t.client();
      for (const text of [
        token,
        forge(token, { claims }),
        forge(token, { claims, header: { alg: 'none' }, signature: '' }),
      ]) {
        look.refused('accepting', await accept(client, text), 404);
      }
    },
  },
  {
    id: 'invitations-shown-to-managers',
    area,
    title: 'Whether any response to members who manage invitations contains the secret',
    recalls: 'CVE-2026-16072 Keycloak (#50998)',
    expected: 'none: neither creation, list, audit trail nor export',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const email = uniqueEmail('invited');
      const created = demand(await client.post('/auth/invite', { email, role: 'user' }), 201);
      t.remove(async (scope) => {
        await scope.as(owner).delete(`/tenants/current/invitations/${created.body.id}`);
      });
      const token = await t.mailbox.token(email, 'invitation');
      const replies = {
        creation: created,
        list: await client.get('/tenants/current/invitations?limit=100'),
        trail: await client.get('/tenants/current/audit-events?limit=100'),
        export: await client.get('/tenants/current/audit-events/export'),
        'looking at it': await t.client().get(`/auth/invite/validate?token=${token}`),
      };
      for (const [what, { text }] of Object.entries(replies)) {
        look.holds(`${what} contains it`, !text.includes(token), 'not contained');
      }
      const members = Object.keys(created.body).filter((name) => /token|link|secret|url/i.test(name));
      look.equal('fields that would contain it', members.join(), '');
    },
  },
  {
    id: 'invitations-parallel',
    area,
    title: 'One invitation accepted in twenty parallel requests, with twenty passwords, and once more',
    recalls: 'better-auth#9184',
    expected: 'one account and one membership',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { token, email } = await invite(t, owner);
      const client = t.client();
      const passwords = Array.from({ length: 20 }, newPassword);
      const replies = await burst(20, (index) => accept(client, token, { password: passwords[index] }));
      look.equal('acceptances', countStatus(replies, 201), 1);
      const index = replies.findIndex(({ status }) => status === 201);
      if (index >= 0) {
        const joined = adopt(t, client, replies[index], { email, password: passwords[index] });
        leaves(t, owner, joined.user.id);
      }
      const { data } = demand(await owner.client.get('/tenants/current/members?limit=100'), 200).body;
      look.equal('members', data.length, 2);
      look.refused('once more', await accept(client, token), 400);
    },
  },
  {
    id: 'invitations-accepted-while-revoked',
    area,
    title: 'An invitation accepted and revoked at the same time',
    recalls: 'better-auth#9184; CVE-2026-1035 Keycloak',
    expected: 'one of the two, never both',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { token, email, id } = await invite(t, owner);
      const client = t.client();
      const password = newPassword();
      const [accepted, revoked] = await Promise.all([
        accept(client, token, { password }),
        owner.client.delete(`/tenants/current/invitations/${id}`),
      ]);
      const both = accepted.status === 201 && revoked.status === 204;
      look.holds(`${accepted.status} and ${revoked.status}`, !both, 'one of the two');
      if (accepted.status !== 201) return;
      leaves(t, owner, adopt(t, client, accepted, { email, password }).user.id);
    },
  },
  {
    id: 'invitations-revoked',
    area,
    title: 'An invitation that was revoked, and one into a deleted department',
    recalls: 'past-bugs S1; OWASP ASVS V6.5.1',
    expected: '400',
    run: async (t, look, { owner }) => {
      const { token, id } = await invite(t, owner);
      demand(await t.as(owner).delete(`/tenants/current/invitations/${id}`), 204);
      const client = t.client();
      look.refused('accepting', await accept(client, token), 400);
      look.refused('looking', await client.get(`/auth/invite/validate?token=${token}`), 400);
    },
  },
  {
    id: 'invitations-own-fields',
    area,
    title:
      'Another role, tenant, address or permission in the acceptance, and the server’s columns in the invitation',
    recalls: 'better-auth#9974; CVE-2026-1529 Keycloak',
    expected: '400, and nothing is consumed',
    run: async (t, look, { owner }) => {
      const { token } = await invite(t, owner);
      const client = t.client();
      const extra = {
        role: 'admin',
        tenantId: owner.tenant.id,
        email: uniqueEmail(),
        roleLevel: 100,
        emailVerified: true,
        teamIds: [],
      };
      for (const [field, value] of Object.entries(extra))
        look.refused(field, await accept(client, token, { [field]: value }), 400);
      look.answered('it stays open', await client.get(`/auth/invite/validate?token=${token}`), 200);
      const inviter = t.as(owner);
      for (const field of ['tenantId', 'invitedBy', 'expiresAt', 'token', 'state', 'level', 'roleId', 'id']) {
        const body = { email: uniqueEmail(), role: 'user', [field]: 'x' };
        look.refused(`invitation ${field}`, await inviter.post('/auth/invite', body), 400);
      }
    },
  },
];
