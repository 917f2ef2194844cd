import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { forge, forgeSigned, readJwt } from '../../jwt.js';
import { NotTried } from '../../outcomes.js';
import { tenant } from '../../world/people.js';
import { SOME_ID } from '../../world/names.js';
import { me } from '../shared.js';

const area = 'tokens';
const now = () => Math.floor(Date.now() / 1000);
const INVALID = [401];

/** Each of these texts, by its name, sent as an access token. */
async function offer(t, look, tokens) {
  const client = t.client();
  for (const [what, token] of Object.entries(tokens)) {
    look.refused(what, await me(client.as(token)), ...INVALID);
  }
}

/** The token with these claims, with the old signature and without one. */
const swapped = (token, changes) =>
  Object.fromEntries(
    Object.entries(changes).flatMap(([what, claims]) => [
      [`${what}, old signature`, forge(token, { claims })],
      [`${what}, no signature`, forge(token, { claims, signature: '' })],
    ]),
  );

export const FORGED = [
  {
    id: 'tokens-alg-none',
    area,
    title: 'An access token under the algorithm "none", in every letter case, with its signature and without',
    recalls: 'GHSA-9h47-pqcx-hjr4 Better Auth',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const tokens = {};
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
        tokens[`alg ${alg}, no signature`] = forge(token, { header: { alg }, signature: '' });
        tokens[`alg ${alg}, old signature`] = forge(token, { header: { alg } });
      }
      await offer(t, look, tokens);
    },
  },
  {
    id: 'tokens-public-key-as-secret',
    area,
    title: 'An access token under HS256, with the published key as the shared secret',
    recalls: 'GHSA-869p (node-jws HMAC)',
    expected: '401',
    run: async (t, look) => {
      const { keys = [] } = (await t.client().get('/.well-known/jwks.json')).body;
      if (keys.length === 0) throw new NotTried('the target publishes no key');
      for (const jwk of keys) {
        const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
        const secrets = {
          PEM: pem,
          'trimmed PEM': pem.trim(),
          JWK: JSON.stringify(jwk),
          'JWK.x': jwk.x ?? '-',
        };
        const tokens = Object.entries(secrets).map(([what, secret]) => [
          what,
          forgeSigned(t.home.accessToken, createSecretKey(Buffer.from(secret)), { header: { alg: 'HS256' } }),
        ]);
        await offer(t, look, Object.fromEntries(tokens));
      }
    },
  },
  {
    id: 'tokens-own-key',
    area,
    title: 'An access token signed by a key of the attacker, under the known key id and others',
    recalls: 'CVE-2026-31813 Supabase (an issuer of the attacker)',
    expected: '401',
    run: async (t, look) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sign = (header) => forgeSigned(t.home.accessToken, privateKey, { header });
      await offer(t, look, {
        'the known kid': sign({}),
        'no kid': sign({ kid: undefined }),
        'an unknown kid': sign({ kid: SOME_ID }),
      });
    },
  },
  {
    id: 'tokens-key-in-header',
    area,
    title: 'An access token with its own key, or the address of one (jwk, jku, x5u, x5c)',
    recalls: 'RFC 8725 §3.10; CVE-2026-31813 Supabase',
    expected: '401',
    run: async (t, look) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = publicKey.export({ format: 'jwk' });
      const x5c = [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];
      const url = 'http://127.0.0.1:1/keys';
      const headers = { jwk: { jwk }, jku: { jku: url }, x5u: { x5u: url }, x5c: { x5c } };
      const tokens = Object.entries(headers).map(([what, header]) => [
        what,
        forgeSigned(t.home.accessToken, privateKey, { header }),
      ]);
      await offer(t, look, Object.fromEntries(tokens));
    },
  },
  {
    id: 'tokens-key-id',
    area,
    title: 'A key id that is a path, SQL, empty, huge, or not a text, under an empty HMAC secret',
    recalls: 'past-bugs S10: kid path and SQL',
    expected: '401',
    run: async (t, look) => {
      const kids = [
        '../../../../dev/null',
        `' OR '1'='1`,
        `x' UNION SELECT ''--`,
        '',
        'k'.repeat(4000),
        1,
        null,
        {},
      ];
      const empty = createSecretKey(Buffer.from(' '));
      const tokens = kids.map((kid) => [
        `kid ${String(kid).slice(0, 30)}`,
        forgeSigned(t.home.accessToken, empty, { header: { alg: 'HS256', kid } }),
      ]);
      await offer(t, look, Object.fromEntries(tokens));
    },
  },
  {
    id: 'tokens-claims-swapped',
    area,
    title: 'Each claim changed in turn, with the old signature and without one',
    recalls: 'CVE-2026-1529 Keycloak',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const { claims } = readJwt(token);
      const changes = {
        role: { role: 'owner', role_level: 1000 },
        organisation: { org_id: SOME_ID },
        session: { sid: SOME_ID },
        person: { sub: SOME_ID },
        end: { exp: claims.exp + 1 },
        version: { ver: (claims.ver ?? 0) + 1 },
        issuer: { iss: 'https://evil.example' },
      };
      await offer(t, look, swapped(token, changes));
    },
  },
  {
    id: 'tokens-claims-of-another',
    area,
    title: 'The claims of another person’s token under the own signature',
    recalls: 'CVE-2024-22206 Clerk; CVE-2024-29892 Zitadel (reserved claims overridden)',
    expected: '401',
    run: async (t, look) => {
      const victim = await tenant(t);
      const { claims } = readJwt(victim.accessToken);
      const own = t.home.accessToken;
      await offer(t, look, {
        'all claims': forge(own, { claims }),
        'the person': forge(own, { claims: { sub: claims.sub } }),
        'the session': forge(own, { claims: { sid: claims.sid } }),
        'the organisation': forge(own, { claims: { org_id: claims.org_id } }),
      });
    },
  },
  {
    id: 'tokens-no-end',
    area,
    title: 'An access token without an expiry, with a distant one, or with a text as its expiry',
    recalls: 'GHSA-wxg7-w2v3-w38g Zitadel',
    expected: '401',
    run: async (t, look) => {
      const changes = {
        'no exp': { exp: undefined },
        'exp in a year': { exp: now() + 31_536_000 },
        'exp as text': { exp: 'never' },
        'exp of null': { exp: null },
      };
      await offer(t, look, swapped(t.home.accessToken, changes));
    },
  },
  {
    id: 'tokens-audience',
    area,
    title: 'An access token for another audience or of another issuer, or of none',
    recalls: 'CVE-2026-55669 Zitadel',
    expected: '401',
    run: async (t, look) => {
      const changes = {
        'another aud': { aud: 'https://other.example' },
        'several aud': { aud: [t.target.origin, 'https://other.example'] },
        'no aud': { aud: undefined },
        'no iss': { iss: undefined },
      };
      await offer(t, look, swapped(t.home.accessToken, changes));
    },
  },
  {
    id: 'tokens-type',
    area,
    title: 'An access token of another type, or with an extension that it declares critical',
    recalls: 'RFC 8725 §3.11, RFC 7515 §4.1.11',
    expected: '401',
    run: async (t, look) => {
      const headers = {
        'typ JWT': { typ: 'JWT' },
        'no typ': { typ: undefined },
        'typ of refresh tokens': { typ: 'rt+jwt' },
        crit: { crit: ['x-new'], 'x-new': true },
        'crit b64': { crit: ['b64'], b64: false },
      };
      const tokens = Object.entries(headers).map(([what, header]) => [
        what,
        forge(t.home.accessToken, { header }),
      ]);
      await offer(t, look, Object.fromEntries(tokens));
    },
  },
  {
    id: 'tokens-duplicate-claims',
    area,
    title: 'An access token whose claims name the person or the organisation twice',
    recalls: 'past-bugs S10: duplicate claims',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const text = JSON.stringify(readJwt(token).claims);
      await offer(t, look, {
        'sub first': forge(token, { claimsText: text.replace('{', `{"sub":"${SOME_ID}",`) }),
        'sub last': forge(token, { claimsText: text.replace(/}$/, `,"sub":"${SOME_ID}"}`) }),
        'org_id last': forge(token, { claimsText: text.replace(/}$/, `,"org_id":"${SOME_ID}"}`) }),
      });
    },
  },
  {
    id: 'tokens-cut',
    area,
    title: 'An access token truncated, lengthened, doubled, or in another letter case',
    recalls: 'CVE-2026-27840 Zitadel (a truncated token was accepted)',
    expected: '401',
    run: async (t, look) => {
      const token = t.home.accessToken;
      const [header, claims, signature] = token.split('.');
      const tokens = { upper: token.toUpperCase(), doubled: `${token}.${token}`, 'a dot more': `${token}.` };
      for (const length of [1, 2, 3, 4, 10, 43, 86]) tokens[`${length} cut off`] = token.slice(0, -length);
      tokens['a character more'] = `${token}A`;
      tokens['no signature'] = `${header}.${claims}.`;
      tokens['two parts'] = `${header}.${claims}`;
      tokens['parts in another order'] = `${claims}.${header}.${signature}`;
      await offer(t, look, tokens);
    },
  },
];
