import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail } from '../../world/names.js';
import { member, tenant } from '../../world/people.js';
import { phoneAccount } from '../../world/phones.js';
import { deleteAccount } from '../../world/removal.js';
import { protect } from '../../world/second-factor.js';

const area = 'enumeration';
const LOGIN = { primary: '/auth/login', katixo: '/api/v1/auth/login', datixlab: '/v1/auth/login' };
const wrong = () => newPassword();

export const SIGN_IN = [
  {
    id: 'enumeration-login-email',
    area,
    title: 'A wrong password for a known and for an unknown address, in every contract',
    recalls: 'Better Auth c9f6ea9/caf9cee; Kratos #133; CVE-2024-41952 Zitadel',
    expected: 'the same response: status, headers, body',
    run: async (t, look) => {
      const { email } = await tenant(t);
      for (const contract of t.target.contracts) {
        const known = await t.client().post(LOGIN[contract], { email, password: wrong() });
        const unknown = await t.client().post(LOGIN[contract], { email: uniqueEmail(), password: wrong() });
        look.refused(contract, known, 401);
        look.same(contract, known, unknown);
      }
    },
  },
  {
    id: 'enumeration-login-phone',
    area,
    title: 'A wrong password for a known and for an unknown telephone number',
    recalls: 'Hanko #667; Kratos #4521',
    expected: 'the same response',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      for (const contract of ['primary', 'katixo']) {
        if (!t.target.contracts.has(contract)) continue;
        const known = await t.client().post(LOGIN[contract], { phone, password: wrong() });
        const unknown = await t.client().post(LOGIN[contract], { phone: newPhone(), password: wrong() });
        look.refused(contract, known, 401);
        look.same(contract, known, unknown);
      }
    },
  },
  {
    id: 'enumeration-login-second-factor',
    area,
    title: 'A wrong password for an account with a second factor, and for one that is unknown',
    recalls: 'better-auth#10603 (which accounts have a second factor)',
    expected: 'the same response',
    run: async (t, look) => {
      const { email } = await protect(t, await tenant(t));
      const known = await t.client().post('/auth/login', { email, password: wrong() });
      const unknown = await t.client().post('/auth/login', { email: uniqueEmail(), password: wrong() });
      look.same('with the factor and unknown', known, unknown);
    },
  },
  {
    id: 'enumeration-login-suspended',
    area,
    title: 'The right password of a suspended member, and a wrong password',
    recalls: 'CVE-2026-37981 Keycloak (#49116)',
    expected: 'the same response',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { user, email, password } = await member(t, owner);
      demand(await owner.client.post(`/tenants/current/members/${user.id}/suspend`), 200);
      const tenantSlug = owner.tenant.slug;
      const right = await t.client().post('/auth/login', { email, password, tenantSlug });
      const unknown = await t.client().post('/auth/login', { email: uniqueEmail(), password, tenantSlug });
      look.refused('the right password', right, 401);
      look.same('suspended and unknown', right, unknown);
    },
  },
  {
    id: 'enumeration-login-tenant',
    area,
    title:
      'The right password in an organisation that the person is not a member of, and a wrong password there',
    recalls: 'CVE-2026-4633 Keycloak (#47619: organisations enumerate); CVE-2026-33132 Zitadel',
    expected: 'the same response: it does not reveal who is a member',
    run: async (t, look) => {
      const [person, other] = [await tenant(t), await tenant(t)];
      const { email, password } = person;
      const tenantSlug = other.tenant.slug;
      const right = await t.client().post('/auth/login', { email, password, tenantSlug });
      const unknown = await t.client().post('/auth/login', { email: uniqueEmail(), password, tenantSlug });
      look.refused('the right password', right, 401);
      look.same('no member and unknown', right, unknown);
    },
  },
  {
    id: 'enumeration-login-deleted',
    area,
    title: 'The right password of an account that was deleted, and an unknown address',
    recalls: 'past-bugs S9: deleted accounts',
    expected: 'the same response',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { email, password } = owner;
      await deleteAccount(t, owner);
      const gone = await t.client().post('/auth/login', { email, password });
      look.refused('the right password', gone, 401);
      look.same(
        'deleted and unknown',
        gone,
        await t.client().post('/auth/login', { email: uniqueEmail(), password }),
      );
    },
  },
  {
    id: 'enumeration-lock-out-onset',
    area,
    title: 'Seven wrong passwords for a known and for an unknown address: where the delay begins',
    recalls: 'Supabase #1472; past-bugs S9: the 429 point',
    expected: 'at the same guess, with the same response',
    run: async (t, look) => {
      const { email } = await tenant(t);
      const guess = async (address) => {
        const client = t.guesser();
        const replies = [];
        for (let index = 0; index < 7; index += 1) {
          replies.push(await client.post('/auth/login', { email: address, password: wrong() }));
        }
        return replies;
      };
      const [known, unknown] = [await guess(email), await guess(uniqueEmail())];
      for (const [index, reply] of known.entries()) look.same(`guess ${index + 1}`, reply, unknown[index]);
      look.refused('the seventh', known[6], 429);
    },
  },
  {
    id: 'enumeration-two-identifiers',
    area,
    title: 'Five wrong passwords by e-mail, then one by phone: whether both belong to one person',
    recalls: 'CVE-2026-23511 Zitadel; better-auth#10605',
    expected: '401 by phone, as for the number of another person',
    run: async (t, look) => {
      const email = uniqueEmail();
      const { phone, client } = await phoneAccount(t, { email });
      const token = await t.mailbox.token(email, 'verify-email');
      demand(await client.post('/auth/verify-email', { token }), 200);
      const guesser = t.guesser();
      for (let index = 0; index < 5; index += 1)
        await guesser.post('/auth/login', { email, password: wrong() });
      const byPhone = await t.client().post('/auth/login', { phone, password: wrong() });
      const other = await t.client().post('/auth/login', { phone: newPhone(), password: wrong() });
      look.same('the person’s number and an unknown one', byPhone, other);
    },
  },
];
