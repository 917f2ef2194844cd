import { NotTried } from '../../outcomes.js';
import { randomSecret } from '../../world/names.js';

const area = 'input';

export const SURFACE = [
  {
    id: 'input-origins',
    area,
    title: 'Requests of pages on other origins, and origins that resemble an allowed one',
    recalls: 'OWASP ASVS V3.4.2; GHSA-vp58-j275-797x Better Auth (a weak match)',
    expected: 'no permission to read the response, and none with credentials',
    run: async (t, look) => {
      const client = t.client();
      const { host } = new URL(t.target.origin);
      const origins = [
        'https://evil.example',
        'null',
        `https://${host}.evil.example`,
        `https://evil-${host}`,
        'https://localhost.evil.example',
        'file://',
      ];
      for (const origin of origins) {
        for (const [method, path] of [
          ['GET', '/auth/me'],
          ['OPTIONS', '/auth/login'],
        ]) {
          const headers = {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          };
          const reply = await client.send(method, path, undefined, { headers });
          const allowed = reply.headers['access-control-allow-origin'];
          look.holds(`${method} from ${origin}: ${allowed}`, allowed === undefined, 'not allowed');
        }
      }
    },
  },
  {
    id: 'input-headers',
    area,
    title: 'Headers that keep a browser from misusing a response, and headers that reveal the software',
    recalls: 'OWASP ASVS V3.4.1, V3.4.3–3.4.6, V13.4.6',
    expected: 'HSTS, nosniff, CSP, no-referrer on every response; no name of software',
    run: async (t, look) => {
      const client = t.client();
      const replies = {
        me: await t.as(t.home).get('/auth/me'),
        refused: await client.get('/auth/me'),
        nowhere: await client.get('/nothing'),
        'broken JSON': await client.post('/auth/login', '{'),
        'too large': await client.post('/auth/login', 'x'.repeat(150_000)),
        health: await client.get('/health/live'),
      };
      for (const [what, { headers }] of Object.entries(replies)) {
        look.holds(
          `${what}: HSTS`,
          /max-age=\d{8,}/.test(headers['strict-transport-security'] ?? ''),
          'HSTS',
        );
        look.holds(`${what}: nosniff`, headers['x-content-type-options'] === 'nosniff', 'nosniff');
        look.holds(
          `${what}: CSP`,
          (headers['content-security-policy'] ?? '').includes("frame-ancestors 'none'"),
          'CSP',
        );
        look.holds(`${what}: referrer`, headers['referrer-policy'] === 'no-referrer', 'no-referrer');
        look.holds(`${what}: software`, !headers['x-powered-by'] && !headers.server, 'unnamed');
      }
    },
  },
  {
    id: 'input-refusals-tell-nothing',
    area,
    title: 'Whether an error response contains a stack trace, a statement, a path or an internal address',
    recalls: 'SuperTokens 10.0.1 (a database password in a response); CVE-2024-32967 Zitadel',
    expected: 'nothing of the kind',
    run: async (t, look) => {
      const client = t.client();
      const owner = t.as(t.home);
      const replies = [
        await client.post('/auth/login', '{'),
        await client.post('/auth/login', { email: '\u0000', password: [] }),
        await client.get('/auth/me'),
        await client.get('/nothing/%00'),
        await client.get('/auth/me?%'),
        await owner.get('/tenants/current/members/x'),
        await owner.get('/tenants/current/members?cursor=x&limit=x'),
        await owner.get('/tenants/current/audit-events?from=x&to=%00'),
        await owner.post('/tenants/current/roles', { permissions: { constructor: {} } }),
      ];
      for (const { status, text } of replies) {
        look.holds(
          `${status}: ${text.slice(0, 80)}`,
          !/node_modules|\bat \w+ \(|\.[jt]s:\d|SELECT |postgres|ECONN/i.test(text),
          'nothing revealed',
        );
      }
    },
  },
  {
    id: 'input-hidden-places',
    area,
    title: 'Paths at which servers keep internal data: settings, repositories, consoles, metrics',
    recalls: 'OWASP ASVS V13.4.1, V13.4.5',
    expected: '401 or 404',
    run: async (t, look) => {
      const client = t.client();
      const paths = [
        '/.env',
        '/.git/config',
        '/.git/HEAD',
        '/server-status',
        '/actuator',
        '/actuator/env',
        '/debug',
        '/console',
        '/graphql',
        '/admin',
        '/wp-login.php',
        '/phpinfo.php',
        '/config.json',
        '/package.json',
        '/dist/main.js',
        '/.well-known/../.env',
        '/swagger.json',
        '/metrics/..%2f.env',
      ];
      for (const path of paths) look.refused(path, await client.get(path), 400, 401, 404);
      const { status, text } = await client.get('/metrics');
      look.holds('metrics contain an address', status !== 200 || !/@|\+\d{8}/.test(text), 'no address');
    },
  },
  {
    id: 'input-path-traversal',
    area,
    title: 'Files outside the pictures folder, by dots, encodings and other slashes',
    recalls: 'CVE-2026-34076 / GHSA-gjxx Clerk (// in a path); OWASP ASVS V5.3.2',
    expected: '400 or 404',
    run: async (t, look) => {
      const client = t.client();
      const tails = [
        '../../../../etc/passwd',
        '..%2f..%2f..%2fetc%2fpasswd',
        '%2e%2e/%2e%2e/secret-key',
        '..\\..\\etc\\passwd',
        '....//....//etc/passwd',
        '/etc/passwd',
        'x%00.jpg',
        '..;/..;/package.json',
      ];
      for (const tail of tails) {
        const reply = await client.get(`/uploads/avatars/${tail}`);
        look.refused(tail, reply, 400, 404);
        look.holds(`${tail} returns a file`, !/root:|"name"/.test(reply.text), 'no file');
      }
    },
  },
  {
    id: 'input-request-ids',
    area,
    title: 'The id of a request chosen by the caller, to write a false one into logs and audit trail',
    recalls: 'OWASP ASVS V16.4.1',
    expected: 'the target generates its own',
    run: async (t, look) => {
      const headers = {
        'x-request-id': 'attack-id',
        'request-id': 'attack-id',
        'x-correlation-id': 'attack-id',
        traceparent: 'attack-id',
      };
      const { body } = await t.client().get('/auth/me', { headers });
      look.holds(
        `the id is ${body.instance}`,
        typeof body.instance === 'string' && !body.instance.includes('attack-id'),
        'its own',
      );
    },
  },
  {
    id: 'input-strange-headers',
    area,
    budget: 80,
    title: 'Headers that are long, not ASCII, or full of control sequences',
    recalls: 'OWASP ASVS V16.4.1; CVE-2026-62317 Logto (pathological input)',
    expected: 'below 500',
    run: async (t, look) => {
      const client = t.client();
      const names = [
        'user-agent',
        'accept',
        'accept-language',
        'cookie',
        'authorization',
        'origin',
        'referer',
        'if-none-match',
        'range',
        'idempotency-key',
        'x-forwarded-for',
      ];
      for (const name of names) {
        for (const value of ['\xff\xfe', 'a'.repeat(8000), ';;;;', '%00', '{}', '(((((']) {
          const { status } = await client.get('/auth/me', { headers: { [name]: value } });
          look.holds(`${name}: ${status}`, status < 500, 'below 500');
        }
      }
    },
  },
  {
    id: 'input-rebinding',
    area,
    title:
      'The development inbox under the name of another site, to which a browser was directed (DNS rebinding)',
    recalls: 'CVE-2026-55671, CVE-2026-27945 Zitadel (DNS rebinding)',
    expected: '421 for every other name; the page itself and its parts, too',
    run: async (t, look) => {
      if (!t.target.hasMailbox) throw new NotTried('there is no development inbox, as it should be');
      const client = t.client();
      const { port } = new URL(t.target.origin);
      const suffix = port ? `:${port}` : '';
      for (const name of [
        'evil.example',
        `evil.example${suffix}`,
        `localhost.evil.example${suffix}`,
        `127.0.0.1.evil.example${suffix}`,
        `evil.localhost.example${suffix}`,
      ]) {
        for (const path of [
          '/dev/messages',
          '/dev/inbox',
          `/dev/inbox/messages/${randomSecret().slice(0, 8)}`,
        ]) {
          look.refused(`${path} as ${name}`, await client.get(path, { headers: { host: name } }), 421);
        }
      }
      look.answered('by its own name', await client.get('/dev/messages?limit=1'), 200);
    },
  },
];
