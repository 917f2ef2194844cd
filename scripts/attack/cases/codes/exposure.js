import { NotTried } from '../../outcomes.js';
import { codeOf } from '../../http/reply.js';
import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail, uniqueName } from '../../world/names.js';
import { adopt, adoptKatixo, tenant } from '../../world/people.js';
import { newCode, phoneAccount, signupToken } from '../../world/phones.js';
import { countStatus } from '../shared.js';

const area = 'codes';

/** Whether a text contains six digits on their own. */
const holdsCode = (text, code) => new RegExp(`\\b${code}\\b`).test(text);

const signup = (token) => ({
  signupToken: token,
  firstName: 'Attack',
  lastName: 'Pack',
  companyName: uniqueName(),
  password: newPassword(),
});

/** A body of Katixo's sign-up, which has no field for a ticket in its published form. */
const katixoSignup = (phone) => ({
  phone,
  name: 'Attack Pack',
  password: newPassword(),
  businessName: uniqueName(),
  businessType: 'RETAILER',
});

export const EXPOSURE = [
  {
    id: 'codes-in-the-answer',
    area,
    title: 'Whether the response to a request for a code contains the code',
    recalls: 'hanko#2207, #2279 (the code in a webhook)',
    expected: 'it does not, neither in the body nor in a header',
    run: async (t, look) => {
      const { mailbox } = t;
      const phone = newPhone();
      const reply = demand(await t.client().post('/auth/otp/request', { phone }), 200);
      const said = reply.text + JSON.stringify(reply.headers);
      look.holds('it contains the code', !holdsCode(said, await mailbox.code(phone)), 'no code');
    },
  },
  {
    id: 'codes-in-the-trail',
    area,
    title: 'Whether the audit trail, which administrators read, contains a code',
    recalls: 'hanko#2207; past-bugs note 41 (codes readable at rest)',
    expected: 'it does not',
    run: async (t, look) => {
      const owner = await phoneAccount(t);
      const code = await newCode(t, owner.phone);
      const reply = demand(await owner.client.get('/tenants/current/audit-events?limit=100'), 200);
      look.holds('the trail contains the code', !holdsCode(reply.text, code), 'no code');
      const exported = demand(await owner.client.get('/tenants/current/audit-events/export'), 200);
      look.holds('the export contains the code', !holdsCode(exported.text, code), 'no code');
    },
  },
  {
    id: 'codes-in-the-subject',
    area,
    title: 'Whether the subject of a message, which lists and lock screens display, contains the code',
    recalls: 'ory/kratos 071ad54b0',
    expected: 'it does not',
    run: async (t, look) => {
      const phone = newPhone();
      const code = await newCode(t, phone);
      const [message] = await t.mailbox.messages(phone, 'otp');
      look.holds(`the subject is ${message.subject}`, !holdsCode(message.subject, code), 'no code');
    },
  },
  {
    id: 'codes-ticket-once',
    area,
    title: 'Ten parallel sign-ups with one verified number',
    recalls: 'better-auth#9184 (checked before the transaction)',
    expected: 'one account',
    run: async (t, look) => {
      const client = t.client();
      const { phone, signupToken: token } = await signupToken(t, client);
      const bodies = Array.from({ length: 10 }, () => signup(token));
      const replies = await Promise.all(bodies.map((body) => client.post('/auth/signup', body)));
      look.equal('sign-ups', countStatus(replies, 201), 1);
      const index = replies.findIndex(({ status }) => status === 201);
      if (index >= 0) adopt(t, client, replies[index], { phone, password: bodies[index].password });
      look.refused('once more', await client.post('/auth/signup', signup(token)), 400, 409, 429);
    },
  },
  {
    id: 'codes-ticket-forged',
    area,
    title: 'A sign-up without a ticket, with another secret as the ticket, or with a truncated one',
    recalls: 'CVE-2026-18963 Keycloak (#51833: the last step first); CVE-2026-27840 Zitadel',
    expected: '400',
    run: async (t, look) => {
      const client = t.client();
      const { signupToken: token } = await signupToken(t, client);
      const tickets = {
        none: undefined,
        cut: token.slice(0, -1),
        longer: `${token}A`,
        upper: token.toUpperCase(),
        list: [token],
      };
      tickets['an access token'] = t.home.accessToken;
      for (const [what, ticket] of Object.entries(tickets)) {
        look.refused(what, await client.post('/auth/signup', signup(ticket)), 400);
      }
    },
  },
  {
    id: 'codes-ticket-of-another',
    area,
    title: 'A sign-up at Katixo with the own ticket and another person’s number',
    recalls: 'CVE-2026-18963 Keycloak (another account’s flow); CVE-2026-9087 Keycloak',
    expected: '400',
    run: async (t, look) => {
      t.needContract('katixo');
      const client = t.client();
      const { signupToken: token } = await signupToken(t, client);
      const body = { ...katixoSignup(newPhone()), signupToken: token };
      look.refused('the sign-up', await client.post('/api/v1/auth/signup', body), 400);
    },
  },
  {
    id: 'codes-unverified-sign-up',
    area,
    title: 'A sign-up at Katixo with a number that was never verified, or was verified from another address',
    recalls: 'CVE-2026-18963 Keycloak (the flow completed without its first step)',
    expected: '400',
    run: async (t, look) => {
      t.needContract('katixo');
      const path = '/api/v1/auth/signup';
      look.refused('never verified', await t.client().post(path, katixoSignup(newPhone())), 400);
      const { phone } = await signupToken(t, t.guesser());
      look.refused('verified elsewhere', await t.guesser().post(path, katixoSignup(phone)), 400);
    },
  },
  {
    id: 'codes-verification-once',
    area,
    title: 'Two sign-ups at Katixo for one verification, in the published form without a ticket',
    recalls: 'CVE-2026-92358 Keycloak (a link not consumed)',
    expected: 'the second is refused',
    run: async (t, look) => {
      t.needContract('katixo');
      const client = t.guesser();
      const { phone } = await signupToken(t, client);
      const bodies = [katixoSignup(phone), katixoSignup(phone)];
      const replies = await Promise.all(bodies.map((body) => client.post('/api/v1/auth/signup', body)));
      look.equal('sign-ups', countStatus(replies, 201), 1);
      const index = replies.findIndex(({ status }) => status === 201);
      if (index >= 0) adoptKatixo(t, client, replies[index], bodies[index]);
    },
  },
  {
    id: 'codes-by-email',
    area,
    title: 'Signing in by a code sent by e-mail, which is disabled unless the operator enables it',
    recalls: 'CVE-2026-29193, CVE-2024-49757 Zitadel (a disabled sign-in method, called directly)',
    expected: '403, for known and unknown addresses alike',
    run: async (t, look) => {
      const { email } = await tenant(t);
      const known = await t.client().post('/auth/otp/request', { email });
      const unknown = await t.client().post('/auth/otp/request', { email: uniqueEmail() });
      if (known.status === 200 && codeOf(known) === '') throw new NotTried('the operator has enabled it');
      look.refused('the request', known, 403);
      look.same('known and unknown', known, unknown);
      look.refused(
        'the code',
        await t.client().post('/auth/otp/verify', { email, code: '123456' }),
        400,
        403,
      );
    },
  },
];
