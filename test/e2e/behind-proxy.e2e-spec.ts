import { ApiKeys } from '../support/api-keys.js';
import { eventsOf, eventually } from '../support/audit.js';
import { type Decision, type DocumentedGateway, envoy, traefik } from '../support/documented-gateways.js';
import { at, Katixo } from '../support/katixo.js';
import { sendRaw } from '../support/raw.js';
import { useSharedApp } from '../support/test-app.js';
import { uniqueEmail } from '../support/unique.js';

/** Azure's gateways send a port with every address, and another one for every connection. */
describe('behind a proxy that writes addresses in its own way', () => {
  const t = useSharedApp({ TRUST_PROXY: '127.0.0.0/8' });
  const proxy = () => t.client();
  const from = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } });
  const portOf = (index: number) => 49_152 + index * 7;

  const guess = async (forwarded: string) => {
    const body = { email: uniqueEmail(), password: 'Guess-Basin-31-Plume' };
    return (await proxy().post('/auth/login', body, from(forwarded))).status;
  };

  /** What the proxy may write about a client, by the number of the request. */
  const CLIENTS: [string, (index: number) => string, string][] = [
    ['IPv4 with ports', (index) => `198.51.100.11:${portOf(index)}`, '198.51.100.12:49152'],
    ['mapped IPv4 with ports', (index) => `::ffff:198.51.100.21:${portOf(index)}`, '::ffff:198.51.100.22:1'],
    ['mapped IPv4 in hexadecimal', (index) => `[::ffff:c633:641f]:${portOf(index)}`, '::FFFF:C633:6420'],
    ['IPv6 with ports', (index) => `[2001:DB8:5:6::${index + 1}]:${portOf(index)}`, '[2001:db8:5:7::1]:1'],
    ['addresses behind NAT64', (index) => `[64:ff9b::c633:6433]:${portOf(index)}`, '64:ff9b::198.51.100.52'],
    [
      'each form in turn',
      (index) =>
        [
          '198.51.100.61',
          '198.51.100.61:',
          '[198.51.100.61]:8',
          '::ffff:c633:643d',
          '::FFFF:198.51.100.61:9',
        ][index % 5] ?? '',
      '198.51.100.62',
    ],
  ];

  it.each(CLIENTS)('counts the guesses of one client: %s', async (_, one, other) => {
    const seen = [];
    for (let index = 0; index < 22; index += 1) seen.push(await guess(`203.0.113.${index}, ${one(index)}`));
    expect(seen).toEqual([...Array<number>(20).fill(401), 429, 429]);
    expect(await guess(other)).toBe(401);
  });

  it('lets a client of Katixo sign up, whose port changes between verification and sign-up', async () => {
    const katixo = new Katixo(t);
    const post = (path: string, body: unknown, forwarded: string) =>
      proxy().post<{ errors: { code: string }[] | null }>(at(path), body, from(forwarded));
    const body = katixo.registration();
    const { phone } = body;
    expect((await post('/auth/otp/request', { phone }, '198.51.100.71:50001')).status).toBe(200);
    const otp = await katixo.code(phone);
    expect((await post('/auth/otp/verify', { phone, otp }, '198.51.100.71:50002')).status).toBe(200);
    const stranger = await post('/auth/signup', body, '198.51.100.72:50003');
    expect(stranger.body.errors?.[0]?.code).toBe('phone_not_verified');
    expect((await post('/auth/signup', body, '::ffff:c633:6447')).status).toBe(201);
  });

  it('serves the client that a key is bound to, and no other', async () => {
    const { key } = await new ApiKeys(t).create(await t.given.tenant(), {
      allowedAddresses: ['198.51.100.81', '2001:db8:a::/48'],
    });
    const use = async (forwarded: string) => {
      const headers = { 'x-forwarded-for': forwarded, 'x-api-key': key };
      return (await proxy().get('/auth/me', { headers })).status;
    };
    const good = [
      '198.51.100.81:50001',
      '::ffff:198.51.100.81:50002',
      '[::FFFF:C633:6451]:3',
      '198.51.100.81:',
    ];
    for (const forwarded of [...good, '[2001:0DB8:000A::7%eth0]:4', '192.0.2.1, 198.51.100.81:5'])
      expect([forwarded, await use(forwarded)]).toEqual([forwarded, 200]);
    const bad = [
      '198.51.100.82:50001',
      '198.51.100.81, 198.51.100.82:1',
      '::ffff:c633:6452',
      '[2001:db8:b::7]:4',
    ];
    for (const forwarded of [...bad, '64:ff9b::198.51.100.81', '198.51.100.81:http', '198.51.100.081'])
      expect([forwarded, await use(forwarded)]).toEqual([forwarded, 401]);
  });

  it('names the client alike in the audit trail and in the log, also for a malformed URL', async () => {
    const owner = await t.given.tenant();
    const wrong = { email: owner.email, password: 'Guess-Basin-31-Plume' };
    await proxy().post('/auth/login', wrong, from('[::ffff:c633:645b]:50001'));
    const refusal = await eventually(
      async () => (await eventsOf(owner.client, { action: 'sign_in.refused' }))[0],
    );
    expect(refusal.address).toBe('198.51.100.91');

    const line = `GET /%c0%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
    const marks = ['198.51.100.92:50001', '::ffff:c633:645d', 'x, [2001:DB8::5E]:1'];
    for (const mark of marks)
      expect(await sendRaw(t.server.origin, `${line}X-Forwarded-For: ${mark}\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 400 /,
      );
    const refused = (await t.writtenLog())
      .split('\n')
      .filter((one) => one.includes('"malformed_request"'))
      .map((one) => (JSON.parse(one) as { address: string }).address);
    expect(refused).toEqual(['198.51.100.92', '198.51.100.93', '2001:db8::5e']);
  });

  /** The proxies that cannot be run here, as the documents configure them. */
  describe.each<[string, DocumentedGateway]>([
    ['Envoy', envoy()],
    ['an Envoy that appends its own address', envoy({ appends: '127.0.0.1' })],
    ['Traefik', traefik()],
  ])('%s as documented', (_, ask) => {
    const NAMES = ['user', 'tenant', 'role', 'scopes', 'actor', 'act', 'client'].map(
      (name) => `x-auth-${name}`,
    );
    const FORGED = Object.fromEntries(NAMES.map((name) => [name, 'forged']));
    const JSON_BODY = { 'content-type': 'application/json', 'content-length': '17' };
    const identityOf = ({ forwarded }: Decision) =>
      forwarded && Object.fromEntries(NAMES.map((name) => [name, forwarded[name]]));
    const arrive = (
      headers: Record<string, string>,
      { method = 'GET', path = '/orders', from = '198.51.100.85' } = {},
    ) => ask({ method, path, headers: { ...FORGED, host: 'x', ...headers }, from }, proxy());

    const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
    const PATHS = ['/', '/orders/7?page=2&page=3', '/a%20b/%D7%90', '//x', '/..%2f', '/auth/me', '/?x'];

    it.each(METHODS)('forwards a %s with the caller, and no header of the client’s own', async (method) => {
      const owner = await t.given.tenant();
      const headers = {
        ...JSON_BODY,
        authorization: `Bearer ${owner.accessToken}`,
        origin: 'https://x.example',
      };
      for (const path of PATHS) {
        const decision = await arrive(headers, { method, path });
        expect([path, decision.reply.status, identityOf(decision)]).toEqual([
          path,
          expect.any(Number),
          {
            ...{ 'x-auth-user': owner.user.id, 'x-auth-tenant': owner.tenant.id, 'x-auth-role': 'admin' },
            ...{ 'x-auth-scopes': '', 'x-auth-actor': 'user', 'x-auth-act': '', 'x-auth-client': '' },
          },
        ]);
        expect(decision.forwarded).toMatchObject({ authorization: headers.authorization, ...JSON_BODY });
      }
    });

    it.each(METHODS)('refuses a %s of strangers with 401 and its challenge', async (method) => {
      // Guesses of a secret count against the address
      const from = `198.51.100.${100 + METHODS.indexOf(method)}`;
      for (const authorization of [undefined, 'Bearer x', 'Basic eDp5']) {
        const headers = { ...JSON_BODY, ...(authorization && { authorization }) };
        const { forwarded, reply } = await arrive(headers, { method, from });
        expect([authorization, forwarded, reply.status]).toEqual([authorization, null, 401]);
        const scheme = authorization?.startsWith('Basic') ? 'Basic' : 'Bearer';
        expect(reply.headers['www-authenticate']).toMatch(new RegExp(`^${scheme}\\b`));
      }
    });

    it('has a key used from the address of the client, whatever the client says', async () => {
      const { key } = await new ApiKeys(t).create(await t.given.tenant(), {
        allowedAddresses: ['198.51.100.85'],
      });
      const use = async (from: string, headers = {}) =>
        (await arrive({ 'x-api-key': key, ...headers }, { from })).reply.status < 300;
      expect(await use('198.51.100.85')).toBe(true);
      expect(await use('198.51.100.86')).toBe(false);
      expect(await use('198.51.100.86', { 'x-forwarded-for': '198.51.100.85' })).toBe(false);
      expect(await use('198.51.100.85', { 'x-forwarded-for': '198.51.100.86' })).toBe(true);
    });

    it('ends with the session', async () => {
      const owner = await t.given.tenant();
      const headers = { authorization: `Bearer ${owner.accessToken}` };
      expect((await arrive(headers)).forwarded).not.toBeNull();
      await owner.client.post('/auth/logout');
      expect((await arrive(headers)).reply.status).toBe(401);
    });
  });
});
