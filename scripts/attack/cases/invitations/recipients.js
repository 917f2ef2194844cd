import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail } from '../../world/names.js';
import { adoptKatixo, invite, leaves, signIn, tenant } from '../../world/people.js';
import { burst, countStatus } from '../shared.js';

const area = 'invitations';
const PATH = '/auth/invite/accept';

export const RECIPIENTS = [
  {
    id: 'invitations-by-claim',
    area,
    title: 'An invitation found or accepted by an account that only registered its address',
    recalls: 'CVE-2026-53514 / GHSA-fmh4-wcc4-5jm3 Better Auth',
    expected: 'nothing of it is shown, and without the secret nothing is accepted',
    run: async (t, look, { owner }) => {
      const email = uniqueEmail('victim');
      const claimant = await tenant(t, { verified: false, email });
      const { id } = await invite(t, owner, { email });
      const organisations = await claimant.client.get('/users/me/organisations');
      look.holds('the organisation is shown', !organisations.text.includes(owner.tenant.id), 'not shown');
      const password = newPassword();
      for (const body of [{ id }, { invitationId: id }, { token: id }, { token: email }, {}]) {
        look.refused(
          JSON.stringify(Object.keys(body)),
          await claimant.client.post(PATH, { password, firstName: 'A', lastName: 'B', ...body }),
          400,
          404,
        );
      }
      look.refused(
        'the list',
        await claimant.client.post(`/tenants/current/invitations/${id}/resend`),
        403,
        404,
      );
    },
  },
  {
    id: 'invitations-by-another',
    area,
    title:
      'An invitation in the session of another person, or of an address that only resembles the invited one',
    recalls: 'Logto b4b8015db; GHSA-7rqj-j65f-68wh Auth.js; Kratos ee7127f47',
    expected: '403, and the invitation stays open',
    run: async (t, look, { owner }) => {
      const email = uniqueEmail('victim');
      const { token } = await invite(t, owner, { email });
      const [local, domain] = email.split('@');
      const lookalikes = [
        `${local}+tag@${domain}`,
        `${local.replace('a', 'а')}@${domain}`,
        `${local}@${domain}.example.com`,
        `x${email}`,
      ];
      const nobody = t.client();
      for (const address of lookalikes) {
        const other = await tenant(t, { verified: false, email: address });
        look.refused(address.slice(0, 14), await other.client.post(PATH, { token }), 403);
      }
      look.answered('it stays open', await nobody.get(`/auth/invite/validate?token=${token}`), 200);
    },
  },
  {
    id: 'invitations-new-password',
    area,
    title:
      'A new password for an existing account by accepting an invitation, and guessing the old one there',
    recalls: 'CVE-2026-53514 Better Auth; OWASP CS Email Validation',
    expected: '401, five times at most, then 429; the old password stays valid',
    run: async (t, look, { owner }) => {
      const person = await tenant(t);
      leaves(t, owner, person.user.id);
      const { token } = await invite(t, owner, { email: person.email });
      const client = t.guesser();
      const replies = await burst(12, () =>
        client.post(PATH, { token, password: newPassword(), firstName: 'A', lastName: 'B' }),
      );
      for (const reply of replies) look.refused('a new password', reply, 401, 429);
      const compared = countStatus(replies, 401);
      look.holds(`${compared} were compared`, compared <= 5, 'five at most were compared');
      look.answered('the session stays valid', await person.client.get('/auth/me'), 200);
    },
  },
  {
    id: 'invitations-sms-verifies-number-only',
    area,
    title: 'An invitation by SMS accepted with another person’s address beside it',
    recalls: 'CVE-2026-27946 Zitadel (a channel that was not verified)',
    expected: 'the address stays unverified',
    run: async (t, look, { owner }) => {
      t.needContract('katixo');
      const phone = newPhone();
      const { mailbox } = t;
      demand(await t.as(owner).post('/auth/invite', { phone, role: 'user' }), 201);
      const token = await mailbox.token(phone, 'invitation');
      const client = t.client();
      const body = { token, password: newPassword(), name: 'Attack Pack', email: uniqueEmail('victim') };
      const reply = demand(await client.post('/api/v1/auth/invite/accept', body), 201);
      const joined = adoptKatixo(t, client, reply, { phone, password: body.password });
      leaves(t, owner, joined.user.id);
      const me = demand(await joined.client.get('/auth/me'), 200).body;
      look.equal('the number is verified', me.phoneVerified, true);
      look.equal('the address is verified', me.emailVerified, false);
    },
  },
  {
    id: 'invitations-of-other-domains',
    area,
    title:
      'Addresses outside the domains that an organisation invites, in notations that resemble an allowed one',
    recalls: 'Logto 5aab7c01b (a domain rule evaded); GHSA-vp58-j275-797x Better Auth (a weak match)',
    expected: '400 or 403',
    run: async (t, look) => {
      const owner = await tenant(t);
      const policies = { invitationDomains: ['allowed.example'] };
      demand(await owner.client.patch('/tenants/current', { policies }), 200);
      const addresses = [
        'a@evil.example',
        'a@sub.allowed.example',
        'a@allowed.example.evil.example',
        'a@evilallowed.example',
        'a@allowed.example@evil.example',
        '"a@allowed.example"@evil.example',
        'a@evil.example#@allowed.example',
        'a@evil.example%00@allowed.example',
        'a@evil.example\n@allowed.example',
        'a@аllowed.example',
        'a@allowed.example\u200b.evil.example',
      ];
      for (const email of addresses) {
        look.refused(
          JSON.stringify(email),
          await owner.client.post('/auth/invite', { email, role: 'user' }),
          400,
          403,
        );
      }
      const invitations = addresses.slice(0, 4).map((email) => ({ email, role: 'user' }));
      const { body } = demand(await owner.client.post('/auth/invite/bulk', { invitations }), 200);
      for (const { status, index } of body.results) look.equal(`line ${index}`, status, 'refused');
    },
  },
  {
    id: 'invitations-repeated-in-a-list',
    area,
    title: 'One recipient many times in a list, in different notations, and a list that is too long',
    recalls: 'supabase/auth#605 (bombing); Logto b4b8015db',
    expected: 'one message; 400 for more than a hundred lines',
    run: async (t, look, { owner }) => {
      const client = t.as(owner);
      const email = uniqueEmail('repeated');
      const writings = [
        email,
        email.toUpperCase(),
        ` ${email} `,
        email.replace('@', '@'),
        `${email}.`,
        email.replace('attack', 'ａttack'),
      ];
      const invitations = writings.map((address) => ({ email: address, role: 'user' }));
      demand(await client.post('/auth/invite/bulk', { invitations }), 200);
      look.equal('messages', (await t.mailbox.messages(email, 'invitation')).length, 1);
      const many = Array.from({ length: 101 }, (_, index) => ({
        email: `a${index}@example.com`,
        role: 'user',
      }));
      look.refused('a hundred and one', await client.post('/auth/invite/bulk', { invitations: many }), 400);
    },
  },
  {
    id: 'invitations-ended-session',
    area,
    title: 'An invitation accepted with a session that has ended',
    recalls: 'better-auth#9991; supabase/auth#2555',
    expected: '401',
    run: async (t, look, { owner }) => {
      const person = await tenant(t);
      leaves(t, owner, person.user.id);
      const { token } = await invite(t, owner, { email: person.email });
      const session = await signIn(t, person);
      demand(await session.client.post('/auth/logout', {}), 200);
      look.refused('the acceptance', await session.client.post(PATH, { token }), 401);
    },
  },
];
