import { NotTried } from '../../outcomes.js';
import { demand } from '../../world/demand.js';
import { freshMessage } from '../../world/fresh-message.js';
import { tokenOf } from '../../world/mailbox.js';
import { mark, newPassword, newPhone, number, uniqueEmail } from '../../world/names.js';
import { invite, resetToken, tenant } from '../../world/people.js';
import { renew } from '../../world/second-factor.js';

const area = 'messages';

/** An invitation of a tenant with this name, by a person with this name. */
async function invitationFrom(t, names) {
  const owner = await tenant(t, names);
  const { email } = await invite(t, owner);
  const message = await t.mailbox.latest(email, 'invitation');
  const { body } = await t.client().get(`/dev/inbox/messages/${message.id}`);
  if (typeof body.html !== 'string') throw new NotTried('the inbox shows no HTML');
  return { ...message, html: body.html };
}

export const CONTENTS = [
  {
    id: 'messages-markup',
    area,
    title: 'Markup in the names of a tenant and a person',
    recalls: 'CVE-2024-41953 Zitadel',
    expected: 'printed as text',
    run: async (t, look) => {
      const companyName = `<img src=x onerror=alert(1)> "'><script> ${mark} ${number()}`;
      const { html } = await invitationFrom(t, {
        companyName,
        firstName: '<b>Bob</b>',
        lastName: '"><a href=x>',
      });
      look.holds('markup in the HTML', !/<img src=x|<b>Bob|<script>|"><a href=x>/.test(html), 'text');
    },
  },
  {
    id: 'messages-templates',
    area,
    title: 'Expressions of template languages in names',
    recalls: 'OWASP ASVS V1.3.7 (template injection)',
    expected: 'printed as text',
    run: async (t, look) => {
      const companyName = `{{7919*7907}} \${7919*7907} <%= 7919*7907 %> #{7919*7907} ${mark} ${number()}`;
      const { html, subject, text } = await invitationFrom(t, { companyName, lastName: '{{7919*7907}}' });
      look.holds('the product of both', !`${html} ${subject} ${text}`.includes('62615533'), 'not evaluated');
    },
  },
  {
    id: 'messages-linked-names',
    area,
    title: 'Names that mail programs turn into links: a bare domain, an address',
    recalls: 'CVE-2024-41953 Zitadel; past-bugs S7: URL in a name',
    expected: 'refused, or printed so that nothing becomes a link',
    run: async (t, look) => {
      const owner = await tenant(t, {
        companyName: `evil.example ${mark} ${number()}`,
        firstName: 'evil.example',
      });
      const { email } = await invite(t, owner);
      const { subject, text } = await t.mailbox.latest(email, 'invitation');
      look.holds('a bare domain in it', !/\bevil\.example\b/.test(`${subject} ${text}`), 'no domain');
    },
  },
  {
    id: 'messages-one-line',
    area,
    title: 'Subjects and names with line breaks, which would begin another header',
    recalls: 'OWASP ASVS V1.3.11; past-bugs S7: CRLF',
    expected: 'refused, and no subject has a control character',
    run: async (t, look) => {
      const owner = await tenant(t);
      const names = ['a\r\nBcc: b@example.com', 'a\nSubject: Free', 'a\u2028b', 'a\0b'];
      for (const companyName of names)
        look.refused(
          JSON.stringify(companyName),
          await owner.client.patch('/tenants/current', { companyName }),
          400,
        );
      for (const firstName of names)
        look.refused(JSON.stringify(firstName), await owner.client.patch('/auth/me', { firstName }), 400);
      for (const { subject } of await t.mailbox.messages(owner.email)) {
        look.holds('a control character', !/\p{Cc}/u.test(subject), 'one line');
      }
    },
  },
  {
    id: 'messages-secrets-in-fragments',
    area,
    title: 'Where the secret of a link is: whether a browser sends it to servers and other sites',
    recalls: 'RFC 3986 §3.5; OWASP CS Forgot Password (Referer)',
    expected: 'in the fragment, which is sent to no server',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      await resetToken(t, owner);
      const { email } = await invite(t, await tenant(t));
      const messages = [...(await t.mailbox.messages(owner.email)), ...(await t.mailbox.messages(email))];
      for (const message of messages.filter(({ link }) => link)) {
        const { search, hash } = new URL(message.link);
        look.holds(
          `${message.template}: ${search}`,
          search === '' && hash.includes(tokenOf(message)),
          'in the fragment',
        );
      }
    },
  },
  {
    id: 'messages-subjects',
    area,
    title: 'Whether a subject contains the secret of its link',
    recalls: 'ory/kratos 071ad54b0',
    expected: 'it does not',
    run: async (t, look) => {
      const owner = await tenant(t, { verified: false });
      await resetToken(t, owner);
      for (const message of await t.mailbox.messages(owner.email)) {
        const token = tokenOf(message);
        look.holds(message.subject, token === '' || !message.subject.includes(token), 'no secret');
      }
    },
  },
  {
    id: 'messages-notices',
    area,
    title: 'Whether the notice of a changed password contains a link or the password',
    recalls: 'OWASP ASVS V6.3.7; past-bugs S5',
    expected: 'neither',
    run: async (t, look) => {
      const owner = await tenant(t);
      const [old, password] = [owner.password, newPassword()];
      const change = async () => {
        const body = { currentPassword: owner.password, newPassword: password };
        renew(owner, demand(await owner.client.post('/auth/change-password', body), 200));
        owner.password = password;
      };
      const notice = await freshMessage(t, owner.email, 'notice', change);
      const said = JSON.stringify(notice);
      look.holds('a password', !said.includes(old) && !said.includes(password), 'no password');
      look.equal('the secret of a link', tokenOf(notice), '');
    },
  },
  {
    id: 'messages-old-address-told',
    area,
    title: 'A change of address without a notice to the old address',
    recalls: 'ory/kratos be5e98716; OWASP ASVS V6.3.7',
    expected: 'the old address gets a notice at the request, without the secret of the new one',
    run: async (t, look) => {
      const owner = await tenant(t);
      const email = uniqueEmail('new');
      const before = (await t.mailbox.messages(owner.email)).length;
      const body = { email, currentPassword: owner.password };
      demand(await owner.client.patch('/auth/me', body), 200);
      const messages = await t.mailbox.messages(owner.email);
      look.holds('no notice was received', messages.length > before, 'told');
      const token = await t.mailbox.token(email, 'verify-email');
      look.holds('the secret of the new one', !JSON.stringify(messages).includes(token), 'no secret');
    },
  },
  {
    id: 'messages-lookalike-recipient',
    area,
    title: 'A reset link requested with another notation of the address: where it is sent',
    recalls: 'GHSA-7rqj-j65f-68wh Auth.js (validated before it was normalised)',
    expected: 'to the address of the account, and to no other',
    run: async (t, look) => {
      const { email } = await tenant(t, { verified: false, email: uniqueEmail('kilo') });
      const writings = [email.replace('k', '\u212a'), email.replace('kilo', 'ｋｉｌｏ'), email.toUpperCase()];
      for (const writing of writings) await t.client().post('/auth/forgot-password', { email: writing });
      for (const writing of writings) {
        const messages = await t.mailbox.messages(writing);
        look.holds(
          `to ${writing.slice(0, 16)}`,
          messages.every(({ to }) => to === email),
          'to the account',
        );
      }
      const confusable = email.replace('kilo', 'kiӏo');
      await t.client().post('/auth/forgot-password', { email: confusable });
      look.equal('to a look-alike', (await t.mailbox.messages(confusable)).length, 0);
    },
  },
  {
    id: 'messages-to-strangers',
    area,
    title: 'A reset link for an address without an account: whether it sends mail to strangers',
    recalls: 'better-auth#10368 (an operation that sends mail); supabase/auth#605',
    expected: 'no message',
    run: async (t, look) => {
      const { mailbox } = t;
      const email = uniqueEmail('nobody');
      demand(await t.client().post('/auth/forgot-password', { email }), 200);
      look.equal('messages', (await mailbox.messages(email)).length, 0);
      const phone = newPhone();
      demand(await t.client().post('/auth/forgot-password', { phone }), 200);
      look.equal('SMS', (await mailbox.messages(phone)).length, 0);
    },
  },
  {
    id: 'messages-sms-bounded',
    area,
    title: 'An SMS that a long name makes long and expensive, or that contains another link',
    recalls: 'CVE-2024-41953 Zitadel; past-bugs S7: length of names in SMS',
    expected: 'one segment at most, and one link',
    run: async (t, look) => {
      const companyName = `${mark} ${'Free prize at evil.example '.repeat(3)}`.trim().slice(0, 100);
      const owner = await tenant(t, { companyName, firstName: 'x'.repeat(80), lastName: 'y'.repeat(80) });
      const phone = newPhone();
      demand(await owner.client.post('/auth/invite', { phone, role: 'user' }), 201);
      const { text, link } = await t.mailbox.latest(phone, 'invitation');
      const isGsm = /^[\x20-\x7e\n]*$/.test(text);
      look.holds(
        `${text.length} characters`,
        text.length <= (isGsm ? 160 : 70) || text.trim() === link,
        'one segment',
      );
      look.holds('a second domain', !/evil\.example/.test(text), 'one link');
      look.equal('links', (text.match(/https?:\/\//g) ?? []).length, 1);
    },
  },
];
