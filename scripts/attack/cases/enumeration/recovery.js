import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail } from '../../world/names.js';
import { tenant } from '../../world/people.js';
import { phoneAccount } from '../../world/phones.js';
import { deleteAccount } from '../../world/removal.js';

const area = 'enumeration';

export const RECOVERY = [
  {
    id: 'enumeration-forgot-email',
    area,
    title: 'A reset link for a verified, an unverified, a deleted and an unknown address',
    recalls: 'Logto 8eeba717c0; CVE-2024-41952 Zitadel',
    expected: 'the same response',
    run: async (t, look) => {
      const [verified, unverified] = [await tenant(t), await tenant(t, { verified: false })];
      const gone = await tenant(t);
      await deleteAccount(t, gone);
      const forgot = (email) => t.client().post('/auth/forgot-password', { email });
      const unknown = await forgot(uniqueEmail());
      look.answered('unknown', unknown, 200);
      look.same('verified', await forgot(verified.email), unknown);
      look.same('unverified', await forgot(unverified.email), unknown);
      look.same('deleted', await forgot(gone.email), unknown);
    },
  },
  {
    id: 'enumeration-forgot-tenant',
    area,
    title: 'A reset link with the name of an organisation: the own one, another one, and an unknown one',
    recalls: 'CVE-2026-4633 Keycloak (#47619)',
    expected: 'the same response',
    run: async (t, look) => {
      const [person, other] = [await tenant(t), await tenant(t)];
      const forgot = (email, tenantSlug) => t.client().post('/auth/forgot-password', { email, tenantSlug });
      const own = await forgot(person.email, person.tenant.slug);
      look.same('a member and no member', own, await forgot(other.email, person.tenant.slug));
      look.same('a known and an unknown address', own, await forgot(uniqueEmail(), person.tenant.slug));
    },
  },
  {
    id: 'enumeration-forgot-phone',
    area,
    title: 'A recovery code for a known and for an unknown telephone number, in every contract that has it',
    recalls: 'Logto 8eeba717c0; Hanko #667',
    expected: 'the same response',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      for (const [contract, path] of [
        ['primary', '/auth'],
        ['katixo', '/api/v1/auth'],
      ]) {
        if (!t.target.contracts.has(contract)) continue;
        const forgot = (number) => t.client().post(`${path}/forgot-password`, { phone: number });
        look.same(contract, await forgot(phone), await forgot(newPhone()));
      }
    },
  },
  {
    id: 'enumeration-forgot-repeated',
    area,
    title: 'Eight requests for a reset link in a row: whether a limit applies only to existing accounts',
    recalls: 'supabase/auth#605; past-bugs S9: the 429 point',
    expected: 'the same responses',
    run: async (t, look) => {
      const { email } = await tenant(t);
      const ask = async (address) => {
        const client = t.client();
        const replies = [];
        for (let index = 0; index < 8; index += 1) {
          replies.push(await client.post('/auth/forgot-password', { email: address }));
        }
        return replies;
      };
      const [known, unknown] = [await ask(email), await ask(uniqueEmail())];
      for (const [index, reply] of known.entries()) look.same(`request ${index + 1}`, reply, unknown[index]);
    },
  },
  {
    id: 'enumeration-code-request',
    area,
    title: 'A sign-in code for a known and for an unknown telephone number',
    recalls: 'better-auth#10603, #10605 ("check the code" reveals whether an account exists)',
    expected: 'the same response',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      for (const [contract, path] of [
        ['primary', '/auth'],
        ['katixo', '/api/v1/auth'],
      ]) {
        if (!t.target.contracts.has(contract)) continue;
        const ask = (number) => t.client().post(`${path}/otp/request`, { phone: number });
        look.same(contract, await ask(phone), await ask(newPhone()));
      }
    },
  },
  {
    id: 'enumeration-code-check',
    area,
    title: 'A wrong code for a known and for an unknown telephone number',
    recalls: 'better-auth#10605',
    expected: 'the same response',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      const check = (number) => t.client().post('/auth/otp/verify', { phone: number, code: '000000' });
      const [known, unknown] = [await check(phone), await check(newPhone())];
      look.refused('known', known, 400);
      look.same('known and unknown', known, unknown);
    },
  },
  {
    id: 'enumeration-recovery-code-check',
    area,
    title: 'A wrong recovery code for a known and for an unknown telephone number',
    recalls: 'better-auth#10605; Logto 4e968ae7',
    expected: 'the same response',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      const check = (number) =>
        t
          .client()
          .post('/auth/reset-password', { phone: number, code: '000000', newPassword: newPassword() });
      const [known, unknown] = [await check(phone), await check(newPhone())];
      look.refused('known', known, 400);
      look.same('known and unknown', known, unknown);
    },
  },
  {
    id: 'enumeration-recovery-then-invitation',
    area,
    title:
      'Recovery codes for a number, then an invitation to it: whether the invitation reaches the limit of messages',
    recalls: 'CVE-2026-23511 Zitadel; better-auth#10603',
    expected: 'the invitation gets the response for a number without an account',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      const inviter = await tenant(t);
      const probe = async (number) => {
        for (let index = 0; index < 3; index += 1) {
          demand(await t.client().post('/auth/forgot-password', { phone: number }), 200);
        }
        return inviter.client.post('/auth/invite', { phone: number, role: 'user' });
      };
      const [known, unknown] = [await probe(phone), await probe(newPhone())];
      look.equal('the status for a known number', known.status, unknown.status);
    },
  },
];
