import { demand } from '../../world/demand.js';
import { newPhone, uniqueEmail } from '../../world/names.js';
import { registration, adopt, tenant } from '../../world/people.js';

const area = 'messages';
const EVIL = 'evil.example';
const EXPECTED = 'the configured origin in the link, whatever the request says';

const originOf = ({ link = '' }) => link.split('#')[0].split('?')[0];

const HEADERS = {
  host: { host: EVIL },
  'forwarded-host': { 'x-forwarded-host': EVIL, 'x-host': EVIL, 'x-original-host': EVIL },
  'forwarded-proto': {
    'x-forwarded-proto': 'gopher',
    'x-forwarded-scheme': 'gopher',
    'x-forwarded-port': '6666',
  },
  forwarded: { forwarded: `for=127.0.0.1;host=${EVIL};proto=https`, 'x-forwarded-server': EVIL },
  origin: { origin: `https://${EVIL}`, referer: `https://${EVIL}/reset` },
};

const resetCase = ([name, headers]) => ({
  id: `messages-${name}`,
  area,
  title: `A reset link with another origin, by ${Object.keys(headers).join(', ')}`,
  recalls:
    'GHSA-3529-5m8x-rpv3 Supabase; CVE-2023-49097, CVE-2025-64101 Zitadel; Keycloak #14422; better-auth#9990',
  expected: EXPECTED,
  run: async (t, look) => {
    const [plain, attacked] = [await tenant(t, { verified: false }), await tenant(t, { verified: false })];
    const { mailbox } = t;
    demand(await t.client().post('/auth/forgot-password', { email: plain.email }), 200);
    const reply = await t.client().post('/auth/forgot-password', { email: attacked.email }, { headers });
    look.holds(`the answer: ${reply.status}`, reply.status < 500, `${reply.status}`);
    const expected = originOf(await mailbox.latest(plain.email, 'password-reset'));
    const [message] = await mailbox.messages(attacked.email, 'password-reset');
    if (!message) return look.holds('', true, 'no message');
    look.equal('the link leads to', originOf(message), expected);
    look.holds('the text names it', !JSON.stringify(message).includes(EVIL), 'not named');
  },
});

export const ORIGINS = [
  ...Object.entries(HEADERS).map(resetCase),
  {
    id: 'messages-absolute-target',
    area,
    title: 'A reset link with another origin, by the absolute form of the request',
    recalls: 'GHSA-pfrf-9r5f-73f5, GHSA-93m4-mfpg-c3xf Zitadel (the same defect four times)',
    expected: EXPECTED,
    run: async (t, look) => {
      const { email } = await tenant(t, { verified: false });
      const { mailbox } = t;
      const expected = new URL(originOf(await mailbox.latest(email, 'verify-email'))).origin;
      await t.client().post(`http://${EVIL}/auth/forgot-password`, { email });
      const [message] = await mailbox.messages(email, 'password-reset');
      if (!message) return look.holds('', true, 'no message');
      look.equal('the link leads to', new URL(originOf(message)).origin, expected);
    },
  },
  {
    id: 'messages-host-at-registration',
    area,
    title: 'A verification link with another origin, by Host and X-Forwarded-Host at registration',
    recalls: 'better-auth#9990 (the host of the first request is kept)',
    expected: EXPECTED,
    run: async (t, look) => {
      const { mailbox } = t;
      const plain = await tenant(t, { verified: false });
      const body = registration();
      const client = t.client();
      const headers = { host: EVIL, 'x-forwarded-host': EVIL };
      adopt(t, client, demand(await client.post('/auth/register', body, { headers }), 201), body);
      const expected = originOf(await mailbox.latest(plain.email, 'verify-email'));
      look.equal('the link leads to', originOf(await mailbox.latest(body.email, 'verify-email')), expected);
    },
  },
  {
    id: 'messages-host-at-invitation',
    area,
    title: 'An invitation with another origin, by Host and X-Forwarded-Host of the inviter',
    recalls: 'CVE-2025-64101 Zitadel; CVE-2026-16072 Keycloak',
    expected: EXPECTED,
    run: async (t, look) => {
      const { mailbox } = t;
      const owner = await tenant(t);
      const [plain, attacked] = [uniqueEmail('plain'), uniqueEmail('attacked')];
      const headers = { host: EVIL, 'x-forwarded-host': EVIL };
      demand(await owner.client.post('/auth/invite', { email: plain, role: 'user' }), 201);
      demand(await owner.client.post('/auth/invite', { email: attacked, role: 'user' }, { headers }), 201);
      const expected = originOf(await mailbox.latest(plain, 'invitation'));
      look.equal('the link leads to', originOf(await mailbox.latest(attacked, 'invitation')), expected);
    },
  },
  {
    id: 'messages-host-in-sms',
    area,
    title:
      'The domain in the last line of an SMS, for which a browser fills in the code, by Host and X-Forwarded-Host',
    recalls: 'Kratos, own reading (note 39): the domain line follows the host of the request',
    expected: 'the configured domain',
    run: async (t, look) => {
      const { mailbox } = t;
      const [plain, attacked] = [newPhone(), newPhone()];
      const headers = { host: EVIL, 'x-forwarded-host': EVIL };
      demand(await t.client().post('/auth/otp/request', { phone: plain }), 200);
      demand(await t.client().post('/auth/otp/request', { phone: attacked }, { headers }), 200);
      const lastLine = ({ text, code }) => text.trim().split('\n').at(-1).replaceAll(code, '');
      const [one, other] = [await mailbox.latest(plain, 'otp'), await mailbox.latest(attacked, 'otp')];
      look.equal('the last line', lastLine(other), lastLine(one));
      look.holds('the text names it', !other.text.includes(EVIL), 'not named');
    },
  },
];
