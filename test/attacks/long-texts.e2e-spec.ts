import { HOSTILE_TEXTS } from '../support/hostile-texts.js';
import { isLong } from '../support/long.js';
import { type OpenApiDocument, operationsInPageOrder } from '../support/openapi.js';
import { PlainClient } from '../support/plain-client.js';
import { requestWith, type StringPlace, stringPlacesOf } from '../support/string-places.js';
import { useSharedApp } from '../support/test-app.js';

/** The largest text that fits into a body; the JSON around it needs a little. */
const BODY_BYTES = 99 * 1024;
/** Node reads 16 KiB of headers, the path included; an encoded byte of a query takes three characters. */
const ADDRESS_BYTES = 4 * 1024;
const HEADER_BYTES = 12 * 1024;
const SHARES = 6;
const CONTRACTS = ['primary', 'katixo', 'datixlab'];

describe('a text that fills a request', () => {
  const t = useSharedApp({ LOGIN_FAILURES_BEFORE_DELAY: '100', LOGIN_ADDRESS_FAILURES: '100000' });
  let client: PlainClient;
  let places: StringPlace[];

  beforeAll(async () => {
    client = new PlainClient(t.server.origin, (await t.given.tenant()).accessToken);
    const documents = CONTRACTS.map((name) => client.send('GET', `/openapi/${name}.json`));
    places = (await Promise.all(documents)).flatMap(({ text }) => {
      const document = JSON.parse(text) as OpenApiDocument;
      return stringPlacesOf(document, operationsInPageOrder(document));
    });
  });

  afterAll(() => client.close());

  /** A sixth of the places, another one for the next text: each gets four texts. All: `--only long-texts`. */
  const sampleOf = (name: string) => {
    const turn = HOSTILE_TEXTS.findIndex((text) => text.name === name);
    return places.filter((_, index) => index % SHARES === turn % SHARES);
  };
  const bytesFor = ({ in: where }: StringPlace) => (where === 'body' ? BODY_BYTES : ADDRESS_BYTES);

  /*
   * No clock is read: src/common/bounded-text.ts throws for a text that the caller has not bounded, and the response
   * is then a 500.
   */
  it.each(HOSTILE_TEXTS)(
    'is refused by every operation that takes one, and no work is done on it: $name',
    async ({ name, fill }) => {
      const found: string[] = [];
      for (const place of isLong ? places : sampleOf(name)) {
        const { method, path, body } = requestWith(place, fill(bytesFor(place)));
        const { status, text } = await client.send(method, path, body);
        // A list is refused line by line
        const isRefused = (status >= 400 && status < 500) || /^\{"results":\[.*"refused"/.test(text);
        if (!isRefused || text.length > 32_768)
          found.push(`${place.name} → ${status}, ${text.length} characters`);
      }
      expect(found).toEqual([]);
    },
  );

  it('covers every operation of the documents', () => {
    expect(places.length).toBeGreaterThan(150);
    expect(places.filter(({ in: where }) => where === 'body').length).toBeGreaterThan(80);
    expect(places.map(({ name }) => name)).toContain('PATCH /tenants/current policies.invitationDomains.0');
  });

  it('is not repeated in the response, and neither are all of a thousand errors', async () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [`${'~/'.repeat(40)}${index}`, 1]),
    );
    const permissions = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`r${index}`, {}]));
    const invitations = Array.from({ length: 9 }, () =>
      Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`${'x'.repeat(80)}${index}`, 1])),
    );
    for (const [path, body] of [
      ['/auth/login', unknown],
      ['/auth/login', { ['~/'.repeat(48 * 1024)]: 1 }],
      ['/api/v1/auth/login', unknown],
      ['/v1/auth/login', unknown],
      ['/tenants/current/roles', { key: 'x', name: 'x', level: 1, permissions }],
      ['/auth/invite/bulk', { invitations }],
    ] as const) {
      const { status, text } = await client.send('POST', path, JSON.stringify(body));
      const answer = JSON.parse(text) as { errors?: unknown[]; results?: { error: { errors: unknown[] } }[] };
      const lists = answer.results?.map(({ error }) => error.errors) ?? [answer.errors ?? []];
      expect([path, status]).toEqual([path, answer.results ? 200 : 400]);
      expect(lists.map((list) => list.length > 0 && list.length <= 50)).toEqual(lists.map(() => true));
      expect(text.length).toBeLessThan(lists.length * 50 * 700);
    }
  });

  it('in every header that the server reads gets a status below 500', async () => {
    const names = [
      'authorization',
      'x-api-key',
      'user-agent',
      'x-forwarded-for',
      'host',
      'origin',
      'content-type',
    ];
    const texts = ['a', 'Bearer a', '127.0.0.1, ', ', ', ' ', 'a.b.c.', '(', 'a=b; '].map((motif) =>
      motif.repeat(HEADER_BYTES / motif.length),
    );
    const found: string[] = [];
    for (const name of [...names, 'accept', 'cookie', 'idempotency-key', 'if-none-match', 'range']) {
      for (const text of texts) {
        for (const path of [
          '/auth/me',
          '/dev/messages',
          '/metrics',
          '/uploads/avatars/x.jpg',
          '/auth/verify',
        ]) {
          const { status } = await new PlainClient(t.server.origin).send('GET', path, undefined, {
            [name]: text,
          });
          if (status >= 500) found.push(`${name} at ${path} → ${status}`);
        }
      }
    }
    expect(found).toEqual([]);
  });
});
