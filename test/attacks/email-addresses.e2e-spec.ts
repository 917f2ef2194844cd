import { uniqueEmail } from '../support/given.js';
import { type OpenApiDocument, operationsInPageOrder } from '../support/openapi.js';
import { requestWith, type StringPlace, stringPlacesOf } from '../support/string-places.js';
import { useSharedApp } from '../support/test-app.js';

/**
 * The unit tests of `canonicalEmail` have more; here is one of each kind, for every operation that takes an address.
 */
const NO_ADDRESSES = [
  '"a<b"@x.com',
  '"a b"@x.com',
  'a(comment)@x.com',
  'Ada <a@x.com>',
  'a@x.com,b@x.com',
  'a@b@c',
  '=?utf-8?q?=61?=@x.com',
  'a..b@x.com',
  'a@x.com/evil',
  'a@x.com\\evil',
  'a@x.com?q',
  'a@x.com#q',
  'a@x.com:25',
  'a@%61.com',
  'a@[127.0.0.1]',
  'a@127.1',
  'a@0x7f.1',
  'a@１２７.0.0.1',
  'a@x..com',
  'a@x.com.',
  'a@-x.com',
  'a@xn--a.com',
  'a@x.com\r\nBcc: b@y.com',
  'a\u200bb@x.com',
  'a@x\u202e.com',
  'a@x\ufe0f.com',
];

const NO_DOMAINS = [
  'x.com/evil',
  'x.com#q',
  '%61.com',
  'x.com:25',
  '127.1',
  '0x7f.1',
  '１２７.0.0.1',
  'x..com',
  'x.com.',
  '-x.com',
  'x\u200b.com',
];

describe('an invalid e-mail address', () => {
  const t = useSharedApp({ LOGIN_FAILURES_BEFORE_DELAY: '100', LOGIN_ADDRESS_FAILURES: '100000' });
  const rows = async () => {
    const [count] = await t.database.query<Record<string, string>>(
      `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM messages) AS messages,
              (SELECT count(*) FROM invitations) AS invitations`,
    );
    return count;
  };

  async function emailPlaces(): Promise<StringPlace[]> {
    const documents = ['primary', 'katixo', 'datixlab'].map((name) => t.get(`/openapi/${name}.json`));
    return (await Promise.all(documents)).flatMap(({ text }) => {
      const document = JSON.parse(text) as OpenApiDocument;
      const places = stringPlacesOf(document, operationsInPageOrder(document));
      return places.filter(({ path }) => path.at(-1) === 'email');
    });
  }

  it('is refused with that code and its field wherever an address is accepted; nothing is sent and no account is created', async () => {
    const { client } = await t.given.tenant();
    const places = await emailPlaces();
    expect(places.length).toBeGreaterThanOrEqual(15);
    const before = await rows();
    const found: string[] = [];
    for (const place of places) {
      for (const address of NO_ADDRESSES) {
        const { method, path, body = '' } = requestWith(place, address);
        // The operation takes one of the two, and some examples show the other one
        const sent = /login|otp/.test(path) ? body.replace(/"phone":"[^"]*",/, '') : body;
        const { status, text } = await client.send(method, path, sent);
        const isLine = path.endsWith('/bulk');
        const namesIt = /"(pointer|field)":"[^"]*\bemail"/.test(text) && text.includes('"is_email"');
        if (status !== (isLine ? 200 : 400) || !namesIt)
          found.push(`${place.name} ${address} → ${status} ${text}`);
      }
    }
    expect(found).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it('is refused in a list of domains, too', async () => {
    const { client } = await t.given.tenant();
    for (const domain of NO_DOMAINS) {
      const reply = await client.patch('/tenants/current', {
        policies: { invitationDomains: ['acme.com', domain] },
      });
      expect([domain, reply.status]).toEqual([domain, 400]);
      expect(reply.body.errors).toEqual([
        { pointer: '#/policies/invitationDomains', code: 'is_texts', detail: 'must be domain names' },
      ]);
    }
    const { body } = await client.get('/tenants/current');
    expect(body).toMatchObject({ policies: { invitationDomains: [] } });
  });

  it('does not include a valid one, which changes only in case, NFKC and IDNA', async () => {
    const unusual = uniqueEmail("o'hara+x=y!#$%&*?^_`{|}~");
    for (const [given, kept] of [
      [` ${unusual.toUpperCase()}\n`, unusual],
      ['ＡＤＡ＠Bücher.example', 'ada@xn--bcher-kva.example'],
      ['jörg@例え。テスト', 'jörg@xn--r8jz45g.xn--zckzah'],
    ] as const) {
      const { status, body } = await t.post('/auth/register', t.given.registration({ email: given }));
      expect([given, status, body.user.email]).toEqual([given, 201, kept]);
      expect((await t.inbox.latest(kept, 'verify-email')).to).toBe(kept);
    }
  });
});
