import { newPassword, uniqueEmail } from '../../world/names.js';
import { registration, tenant } from '../../world/people.js';

const area = 'input';
const REGISTER = '/auth/register';

/** Every operation that takes an address. */
const PLACES = {
  registration: (t, email) => t.client().post(REGISTER, registration({ email })),
  recovery: (t, email) => t.client().post('/auth/forgot-password', { email }),
  'sign-in': (t, email) => t.client().post('/auth/login', { email, password: newPassword() }),
  invitation: (t, email) => t.as(t.home).post('/auth/invite', { email, role: 'user' }),
};

export const ADDRESSES = [
  {
    id: 'input-address-writings',
    area,
    title: 'A registered address in another notation: case, full width, blanks, Kelvin sign',
    recalls: 'Logto b4b8015db; GHSA-7rqj-j65f-68wh Auth.js; CVE-2021-3754 Keycloak',
    expected: '409 or 400: never a second account',
    run: async (t, look) => {
      const { email } = await tenant(t, { verified: false, email: uniqueEmail('kilo') });
      const writings = [
        email.toUpperCase(),
        ` ${email} `,
        email.replace('k', '\u212a'),
        email.replace('kilo', 'ｋｉｌｏ'),
        email.replace('@example', '@EXAMPLE'),
        email.replace('@', '＠'),
        email.replace('.com', '。com'),
        `${email}.`,
      ];
      for (const writing of writings) {
        look.refused(
          JSON.stringify(writing).slice(0, 24),
          await t.client().post(REGISTER, registration({ email: writing })),
          400,
          409,
        );
      }
    },
  },
  {
    id: 'input-address-invisible',
    area,
    title: 'Addresses with invisible characters: zero width, soft hyphen, direction, line breaks',
    recalls: 'Kratos ee7127f47',
    expected: '400',
    run: async (t, look) => {
      t.needRegistration();
      const characters = {
        'zero width space': '\u200b',
        'soft hyphen': '\u00ad',
        'right to left': '\u202e',
        'word joiner': '\u2060',
        NUL: '\0',
        'line break': '\r\n',
        'byte order mark': '\ufeff',
        tag: '\u{e0041}',
      };
      const email = uniqueEmail('seen');
      for (const [what, character] of Object.entries(characters)) {
        const hidden = email.replace('seen', `se${character}en`);
        look.refused(what, await PLACES.registration(t, hidden), 400);
        look.refused(`${what}, invited`, await PLACES.invitation(t, hidden), 400);
      }
    },
  },
  {
    id: 'input-address-faults',
    area,
    budget: 60,
    title: 'Addresses with quotes, brackets and comments, in every operation that takes one',
    recalls: 'GHSA-7rqj-j65f-68wh Auth.js; OWASP ASVS V2.2.1',
    expected: '400 everywhere, never 500',
    run: async (t, look) => {
      t.needRegistration();
      const addresses = [
        '"a<b"@example.com',
        '"a b"@example.com',
        '"a\\"b"@example.com',
        'a(c)@example.com',
        '<a@example.com>',
        'Name <a@example.com>',
        '"a@b"@example.com',
        'a@[127.0.0.1]',
        'a@[IPv6:::1]',
      ];
      for (const email of addresses) {
        for (const [place, send] of Object.entries(PLACES))
          look.refused(`${place} ${email}`, await send(t, email), 400);
      }
    },
  },
  {
    id: 'input-address-cut',
    area,
    budget: 70,
    title: 'Addresses that a conversion would truncate or decode into other ones',
    recalls: 'GHSA-7rqj-j65f-68wh Auth.js; CVE-2026-34076 / GHSA-gjxx Clerk (a path decoded twice)',
    expected: '400 everywhere',
    run: async (t, look) => {
      t.needRegistration();
      const addresses = [
        'a@example.com/evil',
        'a@example.com#q',
        'a@example.com?q',
        'a@%65xample.com',
        'a@example.com:25',
        'a@example.com\\x',
        'a@127.1',
        'a@0x7f.1',
        'a@b@example.com',
        'a@example..com',
        'a@xn--example.com',
      ];
      for (const address of addresses) {
        // Unique ones, in case the target takes them for another person's
        const email = address.replace('a@', uniqueEmail('cut').replace('example.com', ''));
        for (const [place, send] of Object.entries(PLACES))
          look.refused(`${place} ${address}`, await send(t, email), 400);
      }
    },
  },
  {
    id: 'input-address-lists',
    area,
    title: 'Several addresses where one belongs, and headers after it',
    recalls: 'past-bugs S7: CRLF; OWASP ASVS V1.3.11',
    expected: '400 everywhere',
    run: async (t, look) => {
      t.needRegistration();
      const email = uniqueEmail();
      const lists = [
        `${email},b@example.com`,
        `${email};b@example.com`,
        `${email} b@example.com`,
        `${email}\nBcc: b@example.com`,
        `${email}\r\n\r\nHello`,
        [email, 'b@example.com'],
        { email },
      ];
      for (const list of lists) {
        for (const [place, send] of Object.entries(PLACES))
          look.refused(`${place} ${JSON.stringify(list).slice(0, 12)}`, await send(t, list), 400);
      }
    },
  },
];
